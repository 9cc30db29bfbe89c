/* A profile in other programs' formats: one file per format, all in one table. docs/export.md describes them. */
#ifndef KP_VIEWER_EXPORT_EXPORT_H
#define KP_VIEWER_EXPORT_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "format/profile.h"
#include "viewer/model/call_graph.h"

/* One of the profile's views with the columns that are its stable interface. */
struct kp_export_view {
    const char *name;
    const char *columns; /* comma-separated, as SQL and as CSV's header */
    bool of_lines;       /* the columns of the listing that are exported follow */
};

/* What a format other than of views is written from. */
struct kp_export_job {
    sqlite3 *profile;
    struct kp_call_graph *model;
    FILE *out;
    const char *path; /* where it will be; NULL: standard output */
};

struct kp_export_format {
    const char *name;
    const char *what; /* for the help */
    /* One of the two. Both: 0, or -1 with `error` filled; that the stream took it all is for the caller to check. */
    int (*write_rows)(sqlite3_stmt *statement, FILE *out, struct kp_error *error); /* of a view, not stepped yet */
    int (*write)(const struct kp_export_job *job, struct kp_error *error);
};

extern const struct kp_export_format kp_export_formats[]; /* ends with a NULL name */
extern const struct kp_export_view kp_export_views[];     /* ends with a NULL name */

/* The names of a view's columns, without those of events, comma-separated. */
void kp_export_print_columns(const struct kp_export_view *view, FILE *out);

/* NULL with `error` filled, which names what there is. */
const struct kp_export_format *kp_export_find_format(const char *name, struct kp_error *error);
const struct kp_export_view *kp_export_find_view(const char *name, struct kp_error *error);

/* The view to write where none is named: `functions` for a profile of functions (.prof) or without lines, that of its
 * kind for one of memory, or `lines`. */
const struct kp_export_view *kp_export_default_view(sqlite3 *profile);

/* `view` may be NULL, and is for formats of views only. `path` is where `out` will be, NULL for standard output.
 * 0, or -1 with `error` filled. */
int kp_export_write(sqlite3 *profile, const struct kp_export_format *format, const struct kp_export_view *view,
                    FILE *out, const char *path, struct kp_error *error);

int kp_export_csv(sqlite3_stmt *statement, FILE *out, struct kp_error *error);
int kp_export_json(sqlite3_stmt *statement, FILE *out, struct kp_error *error);
int kp_export_pstats(const struct kp_export_job *job, struct kp_error *error);
int kp_export_line_profiler(const struct kp_export_job *job, struct kp_error *error);
int kp_export_callgrind(const struct kp_export_job *job, struct kp_error *error);
int kp_export_pprof(const struct kp_export_job *job, struct kp_error *error);
int kp_export_speedscope(const struct kp_export_job *job, struct kp_error *error);
int kp_export_firefox(const struct kp_export_job *job, struct kp_error *error);
int kp_export_cpuprofile(const struct kp_export_job *job, struct kp_error *error);
int kp_export_collapsed(const struct kp_export_job *job, struct kp_error *error);
int kp_export_lcov(const struct kp_export_job *job, struct kp_error *error);
int kp_export_mprof(const struct kp_export_job *job, struct kp_error *error);

#endif
