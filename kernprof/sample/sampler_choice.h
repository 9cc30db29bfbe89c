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
    const char *folder; /* of the counters */
    double overhead;    /* part of the run that timing may cost */
    uint32_t events;    /* set of kinds of cost that are sampled besides time, by the kernel in any case */
    int perf, perf_with_kernel, timer; /* what may be used for time; none of it: time is not sampled */
    struct kp_perf_sampler *by_kernel;
    struct kp_timer_sampler *by_timer;
    int kernel_has_time; /* by_kernel samples time, and not events alone */
};

/* Finds out what may be used for time. 1; 0: nothing; -1: `error`. */
int kp_sampler_choose(struct kp_sampler *sampler, struct kp_error *error);

/* A struct kp_child_hook's function, its data being the struct kp_sampler. */
void kp_sampler_start(int pid, char *environment, size_t size, void *sampler);

/* Ends it, if it was started, and hands over what was sampled. Name of what sampled time, as in the view `runs`; NULL:
 * nothing did. */
const char *kp_sampler_stop(struct kp_sampler *sampler, struct kp_samples *samples);

#endif
