/* The program to profile: finding it, telling whether profiling it makes sense, compiling it where it is a source. */
#ifndef KP_KERNPROF_RUN_PROGRAM_H
#define KP_KERNPROF_RUN_PROGRAM_H

#include "util/error.h"

struct kp_program {
    char *path; /* to execute */
};

/* Fills `program` for what the user named. 0, or an exit status (126, 127, 125) with `error` filled.
 * `folder`: where a source file may be compiled. `by_function`: not only lines are to be
 * profiled. `force`: accept a program with nothing instrumented. */
int kp_program_find(const char *name, const char *folder, int by_function, int force, struct kp_program *program,
                    struct kp_error *error);

void kp_program_free(struct kp_program *program);

#endif
