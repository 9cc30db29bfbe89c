/* The profile as a file: written whole or not at all. */
#ifndef KP_KERNPROF_RUN_PROFILE_FILE_H
#define KP_KERNPROF_RUN_PROFILE_FILE_H

#include "kernprof/analyze/join.h"

/* Solves what was joined and writes it to `output`, replacing what is there. 0, or -1 with `error`; then `output` is
 * untouched. */
int kp_profile_file_write(struct kp_join *join, const struct kp_run *run, const char *output, struct kp_error *error);

#endif
