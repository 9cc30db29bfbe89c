/* What main and the commands share. A command gets its own arguments (argv[0] is its name), fills `error` on failure
 * and returns the exit status; main alone prints the error. */
#ifndef KP_KERNPROF_COMMAND_H
#define KP_KERNPROF_COMMAND_H

#include "util/error.h"

/* Exit statuses when kernprof itself fails (as env(1) and git bisect have them). */
enum { KP_EXIT_FAILED = 125, KP_EXIT_CANNOT_EXECUTE = 126, KP_EXIT_NOT_FOUND = 127 };

int cmd_run(int argc, char **argv, struct kp_error *error);
int cmd_cc(int argc, char **argv, struct kp_error *error);
int cmd_cxx(int argc, char **argv, struct kp_error *error);
int cmd_view(int argc, char **argv, struct kp_error *error);
int cmd_export(int argc, char **argv, struct kp_error *error);
int cmd_info(int argc, char **argv, struct kp_error *error);

#endif
