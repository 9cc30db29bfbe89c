/* Where the outcome of a run goes. */
#ifndef KP_KERNPROF_OUTCOME_H
#define KP_KERNPROF_OUTCOME_H

#include "util/error.h"

/* The profile's path, checked (its folder can be written, it is no folder itself), to be freed: `option` with its % replaced,
 * or the last part of `program` with `suffix`. NULL with `error`. */
char *kp_outcome_path(const char *option, const char *program, const char *suffix, struct kp_error *error);

/* The words of a command with blanks between them, to be freed. */
char *kp_outcome_command(char **words);

#endif
