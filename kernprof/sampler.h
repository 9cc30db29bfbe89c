/* Samples of the program counter of the program and all of its descendants, taken by the kernel (perf_event_open(2)) and
 * collected here: nothing runs in the program, and what was sampled survives its end. */
#ifndef KP_KERNPROF_SAMPLER_H
#define KP_KERNPROF_SAMPLER_H

#include <stdint.h>

/* A place in a file of code, with the processor time that was spent there. */
struct kp_sample_place {
    const char *path; /* as the kernel has it */
    uint64_t offset;  /* in the file */
    uint64_t time_ns;
    uint64_t samples;
};

struct kp_samples {
    struct kp_sample_place *places;
    uint64_t count;
    uint64_t lost; /* samples that the kernel could not deliver */
};

struct kp_sampler;

/* Starts sampling `pid`, which must not have executed its program yet: sampling begins with the exec. `overhead` is the
 * part of the run that it may cost. NULL: the system does not allow it. */
struct kp_sampler *kp_sampler_start(int pid, double overhead);

/* Ends sampling, fills `samples` and frees the sampler. `samples` lives until kp_samples_free. */
void kp_sampler_stop(struct kp_sampler *sampler, struct kp_samples *samples);

/* What was sampled so far, while sampling goes on; likewise. */
void kp_sampler_look(struct kp_sampler *sampler, struct kp_samples *samples);

void kp_samples_free(struct kp_samples *samples);

#endif
