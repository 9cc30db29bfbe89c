/* Calls of instrumented functions that took long enough to be seen in a plot, from the counter files of a run. */
#ifndef KP_KERNPROF_MEMORY_LONG_CALLS_H
#define KP_KERNPROF_MEMORY_LONG_CALLS_H

#include <sqlite3.h>

#include "util/error.h"

/* Writes those of all counter files of `folder` into the table memory_mark; the memory at both ends is taken from the
 * samples that are already there. 0, or -1 with `error`. */
int kp_long_calls_write(const char *folder, sqlite3 *profile, struct kp_error *error);

#endif
