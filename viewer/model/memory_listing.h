/* The model of a memory profile by line: functions that ran, with what their lines allocated. Instances of one source
 * function are merged. It knows nothing of how it is shown. */
#ifndef KP_VIEWER_MODEL_MEMORY_LISTING_H
#define KP_VIEWER_MODEL_MEMORY_LISTING_H

#include "viewer/model/columns.h"
#include "viewer/model/source.h"

struct kp_memory_row {
    size_t source; /* index into the listing's sources */
    int64_t line;
    int64_t usage_bytes; /* as in the view memory_lines */
    int64_t increment_bytes;
    int64_t occurrences;
    int64_t stored[KP_COLUMNS_FIXED]; /* those of KP_GROUP_MEMORY */
};

struct kp_memory_function {
    size_t source;
    int64_t line;
    int64_t last_line;
    char *name;
    struct kp_memory_row *rows; /* of its own file first, then file by file; ascending */
    size_t row_count;
};

struct kp_memory_listing {
    struct kp_columns columns; /* the fixed ones */
    struct kp_source *sources; /* by id */
    size_t source_count;
    struct kp_memory_function *functions; /* by file and line */
    size_t function_count;
};

/* -1 with `error` filled (a damaged file), nothing then to free. */
int kp_memory_listing_load(struct kp_memory_listing *listing, sqlite3 *profile, struct kp_error *error);
void kp_memory_listing_free(struct kp_memory_listing *listing);

#endif
