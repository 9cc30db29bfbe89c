/* Where the outcome of a run goes. */
#ifndef KP_KERNPROF_RUN_OUTPUT_PATH_H
#define KP_KERNPROF_RUN_OUTPUT_PATH_H

#include "util/error.h"

/* For the option's help. */
#define KP_OUTPUT_PATH_NAMES                                                                                           \
    "%p process id, %r rank, %h host, %% a percent sign; among several ranks a name without %p and %r gets .RANK "     \
    "before its suffix"

/* The profile's path, checked (its folder can be written, it is no folder itself), to be freed: `option` with its %
 * replaced, or the last part of `program` with `suffix`. Where several ranks would write it the rank comes into it, and
 * rank 0 says so unless `quiet`. NULL with `error`. */
char *kp_output_path(const char *option, const char *program, const char *suffix, int quiet, struct kp_error *error);

/* The words of a command with blanks between them, to be freed. */
char *kp_output_path_command(char **words);

#endif
