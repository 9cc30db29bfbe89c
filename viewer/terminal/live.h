/* What a profile says while it is still being made: the hottest lines of all functions, the listing of some, or the
 * summary of a profile by function. */
#ifndef KP_VIEWER_TERMINAL_LIVE_H
#define KP_VIEWER_TERMINAL_LIVE_H

#include <stdio.h>

#include "viewer/model/listing_filter.h"

struct kp_live_options {
    struct kp_listing_filter filter; /* with globs of functions: their listing */
    size_t limit;                    /* lines, or functions of a summary; 0: all */
};

/* The first line says what runs, since when, and where its times are from. 1: nothing has been counted yet (then that
 * line is all); 0; or -1 with `error` filled. */
int kp_live_render(sqlite3 *profile, const struct kp_live_options *options, FILE *out, struct kp_error *error);

#endif
