/* What merge_model.c, merge_read.c (a profile into the model) and merge_write.c (the model into a profile) share.
 *
 * Tables of a profile become cells: a key that means the same in every profile, and values that each have a rule how
 * two of them become one. A profile is first read as a whole into rows, so that one that proves damaged adds nothing.
 */
#ifndef KP_KERNPROF_MERGE_MERGE_MODEL_H
#define KP_KERNPROF_MERGE_MERGE_MODEL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/index.h"

/* NULL, in the values of a cell. */
#define KP_UNKNOWN INT64_MIN

/* How two values become one. KP_RANK_OF_MOST belongs to the KP_MOST right before it: the rank that had it. */
enum kp_merge_rule { KP_SUM, KP_LEAST, KP_LEAST_POSITIVE, KP_MOST, KP_RANK_OF_MOST };

enum kp_merge_table_number {
    KP_MERGE_FUNCTION,
    KP_MERGE_LINE,
    KP_MERGE_THREAD_LINE,
    KP_MERGE_LINE_EVENT,
    KP_MERGE_ARC,
    KP_MERGE_MEMORY_LINE,
    KP_MERGE_TABLES
};

enum { KP_MERGE_VALUES = 11, KP_MERGE_SPREAD = 6 };

struct kp_merge_table {
    const char *name;
    const char *keys; /* the columns of function, source, line, callee, thread or event, where it has them; NULL in SQL
                         where not */
    const char *values; /* its other columns, comma-separated */
    int value_count;
    enum kp_merge_rule rules[KP_MERGE_VALUES];
    const char *spread; /* table of the spread; NULL: none is kept */
    int spread_count;   /* which of the values its least and most are of, */
    int spread_time;    /* and which one the rank belongs to */
};

extern const struct kp_merge_table kp_merge_tables[KP_MERGE_TABLES];
extern const enum kp_merge_rule kp_merge_spread_rules[KP_MERGE_SPREAD];

/* Numbers are those of kp_merge's indexes. No padding: it is a key as bytes. */
struct kp_merge_key {
    uint32_t function;
    uint32_t path; /* KP_INDEX_NONE: a line of the function itself, counted from its first */
    int64_t line;
    uint64_t text; /* checksum of a line that stands elsewhere */
    uint32_t callee;
    uint32_t part; /* of the line: a thread as the profiles number them, or the number of an event */
};

struct kp_merge_row {
    uint32_t cell;
    uint32_t source; /* where the line stands; KP_INDEX_NONE: in the function itself */
    int64_t values[KP_MERGE_VALUES + KP_MERGE_SPREAD];
};

struct kp_merge_cells {
    struct kp_index keys;
    struct kp_merge_row *rows; /* by number of key; `cell` is KP_INDEX_NONE while nothing was added */
    size_t room;
};

struct kp_merge_module {
    const char *path;
    const char *build_id;
    int64_t map_hash;
};

struct kp_merge_source {
    char *path;
    int64_t checksum;
    int64_t whole;
    int64_t changed;
    int64_t size;
    void *packed; /* NULL: no text */
    size_t packed_size;
    char *text;
    size_t *starts; /* of lines, 1 more than there are */
    size_t line_count;
    uint32_t path_number;
};

struct kp_merge_function {
    uint32_t name;   /* path and names */
    uint32_t source; /* the first of all places, by the order of sources, lines and modules */
    uint32_t module; /* KP_INDEX_NONE: not known */
    int64_t line;
    int64_t length; /* last line minus first line */
    uint64_t text;
    uint32_t ordinal; /* among functions of one profile that are equal in all else */
    bool used;
};

struct kp_merge {
    struct kp_index module_keys, source_keys, paths, names, function_keys, meta;
    struct kp_index events; /* by name and unit */
    struct kp_merge_module *modules;
    struct kp_merge_source *sources;
    struct kp_merge_function *functions;
    int64_t *meta_counts; /* in how many inputs this key had this value */
    size_t module_room, source_room, function_room, meta_room;
    struct kp_merge_cells cells[KP_MERGE_TABLES];
    sqlite3 *rest; /* runs, timers, samples of memory: a database of its own that may grow beyond memory */
    int64_t inputs;
    int64_t profiles; /* that were merged into the inputs */
    char kind[16];
};

/* Orders: 0 only for equal contents. */
int kp_merge_compare_sources(const struct kp_merge *merge, uint32_t a, uint32_t b);
int kp_merge_compare_modules(const struct kp_merge *merge, uint32_t a, uint32_t b);
/* By source, line and module. */
int kp_merge_compare_places(const struct kp_merge *merge, const struct kp_merge_function *a,
                            const struct kp_merge_function *b);

/* Checksum of the text of lines `first` to `last`; blanks at the ends of lines do not count. 0: no text is known as it
 * was compiled. */
uint64_t kp_merge_text(const struct kp_merge_source *source, int64_t first, int64_t last);

/* Room for `count` elements, doubling; the array may move. NULL: out of memory. */
void *kp_merge_room(void *array, size_t *room, size_t count, size_t size);

/* Adds rows that were read and checked. -1: out of memory. */
int kp_merge_add_rows(struct kp_merge *merge, enum kp_merge_table_number table, const struct kp_merge_row *rows,
                      size_t count);

/* Tables that are no cells, as they are read, added to the rest, and read from there in the order of their contents. */
struct kp_merge_copy {
    const char *columns_of; /* "COLUMNS FROM TABLE" */
    const char *add;
    const char *order;
    const char *write;
};

extern const struct kp_merge_copy kp_merge_copies[]; /* ends with NULL */

/* Copies the rows of `select` with `insert`; columns become parameters in their order. */
int kp_merge_copy(sqlite3 *from, const char *select, sqlite3 *to, const char *insert, struct kp_error *error);

#endif
