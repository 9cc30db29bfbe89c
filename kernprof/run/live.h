/* A run seen while it goes on: what its programs have counted so far is joined as it will be at the end, into a profile
 * in memory, and shown. The programs do not notice: their counter files are only read. */
#ifndef KP_KERNPROF_RUN_LIVE_H
#define KP_KERNPROF_RUN_LIVE_H

#include "kernprof/analyze/join.h"
#include "viewer/terminal/live.h"
#include "viewer/terminal/screen.h"

/* Refreshing may take this part of the time, however short the interval is. */
#define KP_LIVE_SHARE 0.1

struct kp_live {
    const char *folder; /* of the counters */
    struct kp_run run;
    struct kp_live_options options;
    struct kp_screen *screen; /* NULL: one listing after the other, on `out` */
    FILE *out;
    struct kp_perf_sampler *const
        *sampler;   /* NULL in it: there are no samples (yet); NULL: those in the folder are taken */
    double pause_s; /* after a listing that took long, before the next one */
    double next_s;  /* for kp_live_look */
};

/* `functions` has room for the globs of `--function`. */
void kp_live_options_init(struct kp_live_options *options, const char **functions);

/* The value of --interval. 0, or -1 with `error`. */
int kp_live_parse_interval(const char *text, double *seconds, struct kp_error *error);

/* Shows what there is now. 0, or -1 with `error`: it cannot be written any more. What cannot be shown (nothing of that
 * name has been loaded yet) is said on the screen. */
int kp_live_show(struct kp_live *live, struct kp_error *error);

/* The same as a `look` of struct kp_child_watch, whose data is a struct kp_live. */
int kp_live_look(void *live, int pid);

#endif
