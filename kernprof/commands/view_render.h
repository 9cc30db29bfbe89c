/* What `kernprof view` was asked for, and showing it. */
#ifndef KP_KERNPROF_COMMANDS_VIEW_RENDER_H
#define KP_KERNPROF_COMMANDS_VIEW_RENDER_H

#include <stdio.h>

#include "viewer/model/listing_load.h"
#include "viewer/text/format.h"
#include "viewer/text/summary.h"
#include "viewer/text/text.h"

/* The values of an option that may be given again, with room for all of argv. */
struct kp_view_values {
    const char **at;
    size_t count;
};

struct kp_view {
    struct kp_text_options text;
    struct kp_listing_filter filter;
    enum kp_listing_order order;
    struct kp_summary_options summary;
    const char *sort;              /* checked against the kind of profile that is shown */
    struct kp_view_values columns; /* lists of keys, checked against the columns of the profile */
    bool all_columns;
    bool threads;
    bool ranks;
    bool timers;
    const struct kp_format *format; /* NULL: the listing */
    bool tui;
    const char *html; /* where to write the page; NULL: not asked for */
    const char *color;
    const char *output;
    struct kp_view_values functions; /* what `filter` points to */
    struct kp_view_values files;
};

/* Writes what was asked for of the profiles `paths` (ends with NULL), merged, to `out`. 0, or -1 with `error` filled;
 * whether all was really written is for the caller to check. */
int kp_view_render(char **paths, const struct kp_view *view, FILE *out, struct kp_error *error);

#endif
