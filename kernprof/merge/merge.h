/* Merging profiles: counts and times add up, least and most are kept, every input's runs stay.
 *
 * Functions are the same when path, names and the text of their lines are the same; a function that merely moved within
 * its file is still itself. Where text is not known, the checksum of the file with the place in it decides, and where
 * not even that is known, the build. All else stays apart. Any order and any grouping of merges gives the same
 * database: sums, least, most, and choices by a total order over content are all that happens. */
#ifndef KP_KERNPROF_MERGE_MERGE_H
#define KP_KERNPROF_MERGE_MERGE_H

#include <sqlite3.h>
#include <stddef.h>

#include "util/error.h"

struct kp_merge;

/* NULL: out of memory. */
struct kp_merge *kp_merge_new(void);

/* Adds the profile `path`. -1 with `error` filled where it cannot be read; the merge is then as it was before. */
int kp_merge_add(struct kp_merge *merge, const char *path, struct kp_error *error);

/* Writes the profile to `path`, atomically. 0, or -1 with `error` filled and nothing written. */
int kp_merge_write(struct kp_merge *merge, const char *path, struct kp_error *error);

/* How many functions stay apart as their source differs between builds; the names of the first few go to `names`. */
size_t kp_merge_apart(const struct kp_merge *merge, char *names, size_t size);

/* The profiles `paths` (ending with NULL) merged into a temporary one and opened; its file is gone already. For a
 * single path that profile itself. NULL with `error` filled. */
sqlite3 *kp_merge_open(char *const *paths, struct kp_error *error);

void kp_merge_free(struct kp_merge *merge);

#endif
