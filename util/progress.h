/* A progress bar on standard error: only on a terminal, and only when the work takes longer than a second. */
#ifndef KP_UTIL_PROGRESS_H
#define KP_UTIL_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct kp_progress {
    const char *what; /* "merging" */
    size_t total;
    int64_t start_ns;
    int64_t shown_ns; /* when last drawn; 0: never */
    int terminal;
};

void kp_progress_start(struct kp_progress *progress, const char *what, size_t total);

/* `done` of the total is done; draws at most ten times a second. */
void kp_progress_step(struct kp_progress *progress, size_t done);

/* Wipes the bar away, if there is one: before a message, and at the end. */
void kp_progress_clear(struct kp_progress *progress);

/* The text of the bar: "merging [=====     ] 50/100". */
void kp_progress_text(char *text, size_t size, const char *what, size_t done, size_t total);

#endif
