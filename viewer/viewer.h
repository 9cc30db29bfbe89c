/* What the commands may use of the viewer. */
#ifndef KP_VIEWER_VIEWER_H
#define KP_VIEWER_VIEWER_H

#include "viewer/columns.h"
#include "viewer/compare.h"
#include "viewer/export/export.h"
#include "viewer/graph.h"
#include "viewer/layout.h"
#include "viewer/format.h"
#include "viewer/listing.h"
#include "viewer/live.h"
#include "viewer/memory_listing.h"
#include "viewer/memory_plot.h"
#include "viewer/memory_series.h"
#include "viewer/memory_text.h"
#include "viewer/summary.h"
#include "viewer/page.h"
#include "viewer/screen.h"
#include "viewer/text.h"
#include "viewer/timers.h"
#include "viewer/tui.h"
#include "viewer/units.h"

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
