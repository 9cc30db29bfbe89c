/* A profile in other programs' formats: one file per format, all in one table. */
#ifndef KP_VIEWER_EXPORT_H
#define KP_VIEWER_EXPORT_H

#include <stdio.h>

#include "format/profile.h"

/* One of the profile's views with the columns that are its stable interface. */
struct kp_export_view {
    const char *name;
    const char *columns; /* comma-separated, as SQL and as CSV's header */
};

struct kp_export_format {
    const char *name;
    const char *what; /* for the help */
    /* Writes the rows of `statement`, which has not been stepped. 0, or -1 with `error` filled; that the stream took it
     * all is for the caller to check. */
    int (*write)(sqlite3_stmt *statement, FILE *out, struct kp_error *error);
};

extern const struct kp_export_format kp_export_formats[]; /* ends with a NULL name */
extern const struct kp_export_view kp_export_views[];     /* ends with a NULL name */

/* NULL with `error` filled, which names what there is. */
const struct kp_export_format *kp_export_find_format(const char *name, struct kp_error *error);
const struct kp_export_view *kp_export_find_view(const char *name, struct kp_error *error);

/* The view to write where none is named: `lines`, or `functions` for a profile without lines; of memory that of its kind. */
const struct kp_export_view *kp_export_default_view(sqlite3 *profile);

/* 0, or -1 with `error` filled. */
int kp_export_write(sqlite3 *profile, const struct kp_export_format *format, const struct kp_export_view *view,
                    FILE *out, struct kp_error *error);

int kp_export_csv(sqlite3_stmt *statement, FILE *out, struct kp_error *error);
int kp_export_json(sqlite3_stmt *statement, FILE *out, struct kp_error *error);

#endif
