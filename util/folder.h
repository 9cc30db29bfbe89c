/* A folder of our own for one run. */
#ifndef KP_UTIL_FOLDER_H
#define KP_UTIL_FOLDER_H

#include "util/error.h"

#define KP_FOLDER_PREFIX "kernprof-"

/* Where they are made: $TMPDIR or /tmp. */
const char *kp_folder_of_temporaries(void);

/* A new folder, mode 0700; its absolute path without links, to be freed, or NULL with `error`. */
char *kp_folder_create_temporary(struct kp_error *error);

/* Can `bytes` be written there now? 0, or -1 with `error`. */
int kp_folder_check_room(const char *path, long bytes, struct kp_error *error);

/* Can a file be created there? 0, or -1 with `error`. */
int kp_folder_check_writable(const char *path, struct kp_error *error);

/* 0: a profile may be renamed to `path`: nothing is there, or a file, and not a folder or a device. */
int kp_folder_check_replaceable(const char *path, struct kp_error *error);

/* Removes it with the files in it (it has no folders in it). */
void kp_folder_remove(const char *path);

#endif
