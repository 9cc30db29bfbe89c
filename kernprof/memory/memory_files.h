/* The files that `memprof run` makes when it is not told a name, in the working folder. */
#ifndef KP_KERNPROF_MEMORY_MEMORY_FILES_H
#define KP_KERNPROF_MEMORY_MEMORY_FILES_H

#include "util/error.h"

/* The name for a recording that begins now, to be freed; NULL: out of memory. */
char *kp_memory_file_name(void);

/* The names of all, oldest first; end with kp_memory_files_free. 0, or -1 with `error`. */
struct kp_memory_files {
    char **name;
    int count;
};

int kp_memory_files_list(struct kp_memory_files *files, struct kp_error *error);
void kp_memory_files_free(struct kp_memory_files *files);

/* What a user means by `word`: a number among them (0 the oldest, -1 the newest), or a file; to be freed. `word` NULL:
 * the newest. NULL with `error`. */
char *kp_memory_file_find(const char *word, struct kp_error *error);

#endif
