/* Which counter folder somebody means. */
#ifndef KP_KERNPROF_RUN_FIND_RUN_H
#define KP_KERNPROF_RUN_FIND_RUN_H

#include "util/error.h"

/* `name`: a counter folder, or the process id of a kernprof, or of a program that runs under one. The folder's absolute
 * path, to be freed; NULL with `error`. */
char *kp_find_run(const char *name, struct kp_error *error);

#endif
