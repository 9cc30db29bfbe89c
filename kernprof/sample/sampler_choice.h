/* How the own time of lines is sampled: by the kernel where it may see all of it, else by timers in the program, else
 * by the kernel as far as it may see; where there is none of that, time is taken in mode exact. */
#ifndef KP_KERNPROF_SAMPLE_SAMPLER_CHOICE_H
#define KP_KERNPROF_SAMPLE_SAMPLER_CHOICE_H

#include <stddef.h>

#include "kernprof/sample/perf_sampler.h"
#include "kernprof/sample/timer_sampler.h"
#include "util/error.h"

/* For tests: which sampler to use whatever is allowed ("perf", "timer" or "none"). */
#define KP_ENV_FORCED_SAMPLER "KERNPROF_SAMPLER"

struct kp_sampler {
    const char *folder;                /* of the counters */
    double overhead;                   /* part of the run that timing may cost */
    int perf, perf_with_kernel, timer; /* what may be used */
    struct kp_perf_sampler *by_kernel;
    struct kp_timer_sampler *by_timer;
};

/* Finds out what may be used. 1; 0: nothing; -1: `error`. */
int kp_sampler_choose(struct kp_sampler *sampling, const char *folder, double overhead, struct kp_error *error);

/* A struct kp_child_hook's function, its data being the struct kp_sampler. */
void kp_sampler_start(int pid, char *environment, size_t size, void *sampling);

/* Ends it, if it was started, and hands over what was sampled. Name of what was used, as in the view `runs`; NULL:
 * nothing. */
const char *kp_sampler_stop(struct kp_sampler *sampling, struct kp_samples *samples);

#endif
