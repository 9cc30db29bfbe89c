/* The columns of a listing, as data: shared by everything that shows one. */
#ifndef KP_VIEWER_COLUMNS_H
#define KP_VIEWER_COLUMNS_H

#include "viewer/listing.h"
#include "viewer/units.h"

struct kp_column {
    const char *key; /* as --columns names it */
    const char *heading;
    int width;   /* at least */
    bool always; /* false: only where --columns asks for it */
    struct kp_value (*value)(const struct kp_listing *, const struct kp_listing_function *,
                             const struct kp_listing_line *);
};

enum { KP_COLUMN_COUNT = 8 };

/* In the order in which they are shown. */
extern const struct kp_column kp_columns[KP_COLUMN_COUNT];

/* What is shown: bit i is kp_columns[i]. */
unsigned kp_columns_default(void);

/* The default and those of `list` (KEY[,KEY]; NULL: all). -1 with `error` filled: one of them is unknown. */
int kp_columns_parse(const char *list, unsigned *columns, struct kp_error *error);

#endif
