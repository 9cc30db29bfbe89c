/* Counter folders that runs have left behind: what they hold, and which there are. */
#ifndef KP_KERNPROF_RUN_LEFTOVER_RUNS_H
#define KP_KERNPROF_RUN_LEFTOVER_RUNS_H

#include <stdio.h>

#include "util/error.h"

/* Says in a line or two what the folder holds and what can be done with it. 0, or -1 with `error`. */
int kp_leftover_run_show(const char *folder, FILE *out, struct kp_error *error);

/* Shows all whose kernprof is gone, in $TMPDIR or /tmp. 0, or -1 with `error`. */
int kp_leftover_runs_list(FILE *out, struct kp_error *error);

#endif
