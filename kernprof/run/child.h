/* Running the program as if kernprof were not there: its streams, its signals, its exit status. */
#ifndef KP_KERNPROF_RUN_CHILD_H
#define KP_KERNPROF_RUN_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"

struct kp_child_end {
    int pid;
    int exit_status; /* as the shell has it: 128 + N when signal N ended it */
    int signal;      /* 0: it ended by itself */
    int64_t start_ns;
    int64_t duration_ns;
};

/* Called with the process id of the child before it executes the program. What it writes into `environment` (empty, of
 * `size` bytes), NAME=VALUE parted by newlines, is added to the program's environment. */
struct kp_child_hook {
    void (*before_exec)(int pid, char *environment, size_t size, void *data);
    void *data;
};

/* Somebody who looks at the program while it runs. */
struct kp_child_watch {
    int (*look)(void *data, int pid); /* not 0: that is enough */
    void *data;
    int64_t interval_ns;
};

/* Runs and waits. Signals to kernprof are passed on. `hook` and `watch` may be NULL. 0, or an exit status (126, 127,
 * 125) with `error` filled when the program could not be started. */
int kp_child_run(const char *path, char **argv, const struct kp_child_hook *hook, const struct kp_child_watch *watch,
                 struct kp_child_end *end, struct kp_error *error);

/* A descriptor that becomes readable when the process ends, of any process. -1: no such process, or an old kernel. */
int kp_child_open(pid_t pid);

/* Sleeps until `until_ns` of CLOCK_MONOTONIC, the end of that process (-1: no process), or a signal. */
void kp_child_sleep(int pidfd, int64_t until_ns);

#endif
