/* A profile that is being read into a merge: shared by merge_identity.c, which finds what its numbers mean in the
 * merge, and merge_read.c, which reads all else. */
#ifndef KP_KERNPROF_MERGE_MERGE_INPUT_H
#define KP_KERNPROF_MERGE_MERGE_INPUT_H

#include "kernprof/merge/merge_model.h"

/* A row of the profile that others refer to, by its id there. */
struct kp_merge_item {
    int64_t id;
    uint32_t number; /* in the merge */
};

struct kp_merge_items {
    struct kp_merge_item *item; /* ordered by id */
    size_t count;
    size_t room;
    size_t last; /* found last: rows come in order, mostly */
};

struct kp_merge_input_function {
    struct kp_merge_function function;
    int64_t id;
    uint32_t number;
};

struct kp_merge_input_rows {
    struct kp_merge_row *row;
    size_t count;
    size_t room;
};

struct kp_merge_input {
    struct kp_merge *merge;
    sqlite3 *profile;
    const char *path;
    struct kp_error *error;
    struct kp_merge_items modules, sources, functions, events;
    struct kp_merge_input_function *local; /* as `functions`, in the order of ids */
    size_t local_room;
    struct kp_merge_input_rows rows[KP_MERGE_TABLES];
    int64_t profiles; /* merged into this one; 0: it is no merge */
    int64_t rank;
    enum kp_merge_table_number table; /* being read */
};

/* Both fill the error and return -1. */
int kp_merge_fail_damaged(struct kp_merge_input *input, const char *what);
int kp_merge_fail_memory(struct kp_merge_input *input);

/* Empty for NULL. Lives until the next step of the statement. */
const char *kp_merge_column_text(sqlite3_stmt *row, int column);

/* Calls `take` for each row of the query, until one returns another number than 0, which is returned. -1: the query
 * failed. */
int kp_merge_for_each_row(struct kp_merge_input *input, const char *sql,
                          int (*take)(struct kp_merge_input *, sqlite3_stmt *));

/* Appends; ids must ascend. KP_INDEX_NONE as the number stands for `out of memory`. 0, or -1 with the error filled. */
int kp_merge_add_item(struct kp_merge_input *input, struct kp_merge_items *items, int64_t id, uint32_t number);

/* The item's place, or SIZE_MAX. */
size_t kp_merge_find_item(struct kp_merge_items *items, int64_t id);

/* The number of the item with that id, or KP_INDEX_NONE. */
uint32_t kp_merge_find_number(struct kp_merge_items *items, int64_t id);

/* The number of a key made of strings (ending with NULL), with their ends, and the bytes behind them. KP_INDEX_NONE:
 * out of memory. */
uint32_t kp_merge_add_key(struct kp_index *index, const char *const *strings, const void *bytes, size_t size);

#endif
