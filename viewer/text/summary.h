/* The summary of a profile by function: what cProfile and pstats print, column for column. */
#ifndef KP_VIEWER_TEXT_SUMMARY_H
#define KP_VIEWER_TEXT_SUMMARY_H

#include <stdio.h>

#include "viewer/model/call_graph.h"

enum { KP_SUMMARY_KEYS = 8 };

enum kp_summary_table { KP_SUMMARY_FUNCTIONS, KP_SUMMARY_CALLERS, KP_SUMMARY_CALLEES };

struct kp_summary_options {
    enum kp_summary_table table;
    size_t keys[KP_SUMMARY_KEYS]; /* what to sort by; later keys part what earlier ones leave equal */
    size_t key_count;             /* 0: by cumulative time */
    size_t limit;                 /* the number of functions shown; 0: all */
};

/* The names of pstats' sort keys; NULL behind the last. */
const char *kp_summary_key_name(size_t index);

/* Takes `text`, a key or several with commas between them, each with an unambiguous beginning of its name; they come
 * behind those that are there already. -1 with `error` filled: no such key, or too many. */
int kp_summary_add_keys(struct kp_summary_options *options, const char *text, struct kp_error *error);

/* -1 with `error` filled: out of memory. Whether all was really written is for the caller to check. */
int kp_summary_render(const struct kp_call_graph *model, const struct kp_summary_options *options, FILE *out,
                      struct kp_error *error);

#endif
