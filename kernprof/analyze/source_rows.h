/* The rows of source files in a profile, with their text. */
#ifndef KP_KERNPROF_ANALYZE_SOURCE_ROWS_H
#define KP_KERNPROF_ANALYZE_SOURCE_ROWS_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* A map section, which may hold the text of functions. */
struct kp_source_map {
    const void *map;
    uint64_t size;
};

/* Start with {0} and kp_source_rows_prepare; end with kp_source_rows_finish, also where it failed. */
struct kp_source_rows {
    sqlite3_stmt *insert, *find;
    int embed; /* 0: texts are not kept */
    const struct kp_source_map *maps;
    unsigned map_count;
};

/* `maps` are those of all modules; they must live until kp_source_rows_finish. 0, or -1 with `error`. */
int kp_source_rows_prepare(struct kp_source_rows *rows, sqlite3 *profile, int embed, const struct kp_source_map *maps,
                           unsigned map_count, struct kp_error *error);

/* The row of a file, made when first asked for; 0: it cannot be written. `checksum`: of the file as compiled; 0: not
 * known. Of a file that is gone or was edited since, the text is that of its functions, where the maps have it. */
int64_t kp_source_rows_add(struct kp_source_rows *rows, const char *path, uint64_t checksum);

/* The row of a file; 0: it has none. */
int64_t kp_source_rows_find(struct kp_source_rows *rows, const char *path);

void kp_source_rows_finish(struct kp_source_rows *rows);

#endif
