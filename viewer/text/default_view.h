/* What a command shows of a profile when nothing else is asked for. */
#ifndef KP_VIEWER_TEXT_DEFAULT_VIEW_H
#define KP_VIEWER_TEXT_DEFAULT_VIEW_H

#include "viewer/text/summary.h"

/* Prints the listing of the profile `path` as `kernprof view` does by default (the timers, where it has nothing else;
 * of a profile by function its summary), and checks that it was written.
 * 0, or -1 with `error` filled. */
int kp_view_profile(const char *path, FILE *out, struct kp_error *error);

/* Prints the summary by function. 0, or -1 with `error` filled. */
int kp_view_functions(sqlite3 *profile, const struct kp_summary_options *options, FILE *out, struct kp_error *error);

struct kp_hottest {
    char file[4096];    /* as the listing shows it; empty: no line has any own time */
    char function[256]; /* cut where longer */
    int64_t line;
    double percent; /* of its function's time, as the listing has it */
};

/* The line with the most own time (a line that only calls is never the answer). -1: the profile cannot be read. */
int kp_view_hottest(sqlite3 *profile, struct kp_hottest *hottest);

#endif
