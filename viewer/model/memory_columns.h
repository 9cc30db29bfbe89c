/* The columns of a memory listing, as data. */
#ifndef KP_VIEWER_MODEL_MEMORY_COLUMNS_H
#define KP_VIEWER_MODEL_MEMORY_COLUMNS_H

#include "viewer/model/memory_listing.h"

struct kp_memory_column {
    const char *key; /* as --columns names it */
    const char *heading;
    const char *meaning;
    enum kp_memory_value value;
};

/* The columns that --columns adds; ends with a NULL key. */
extern const struct kp_memory_column kp_memory_columns[];

/* Adds those of `list` (KEY[,KEY]; NULL: all). -1 with `error` filled: one of them is unknown. */
int kp_memory_columns_parse(const char *list, unsigned *columns, struct kp_error *error);

#endif
