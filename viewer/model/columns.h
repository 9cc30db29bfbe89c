/* The columns of a listing, as data: shared by everything that shows one. */
#ifndef KP_VIEWER_MODEL_COLUMNS_H
#define KP_VIEWER_MODEL_COLUMNS_H

#include "viewer/model/listing.h"
#include "viewer/model/units.h"

enum kp_column_shown {
    KP_SHOWN_ALWAYS,
    KP_SHOWN_ON_REQUEST,
    KP_SHOWN_FOR_THREADS,
    KP_SHOWN_FOR_RANKS,
    KP_SHOWN_FOR_MEMORY
};

struct kp_column {
    const char *key; /* as --columns names it */
    const char *heading;
    int width; /* at least */
    enum kp_column_shown shown;
    struct kp_value (*value)(const struct kp_listing *, const struct kp_listing_function *,
                             const struct kp_listing_line *);
};

enum { KP_COLUMN_COUNT = 27 };

/* In the order in which they are shown. */
extern const struct kp_column kp_columns[KP_COLUMN_COUNT];

/* What is shown: bit i is kp_columns[i]. KP_SHOWN_FOR_THREADS, KP_SHOWN_FOR_RANKS: those of the spread over threads,
 * and over ranks or runs. */
unsigned kp_columns_shown(enum kp_column_shown shown);

/* Of those of memory the ones that are shown beside lines unasked. */
unsigned kp_columns_memory_default(void);

/* `columns` as bits of kp_memory_columns: those of memory. */
unsigned kp_columns_of_memory_text(unsigned columns);

/* Adds those of `list` (KEY[,KEY]; NULL: all that are shown on request; `ranks`: all of those). -1 with `error` filled:
 * one of them is unknown. */
int kp_columns_add(unsigned *columns, const char *list, struct kp_error *error);

#endif
