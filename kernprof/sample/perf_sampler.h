/* Samples of the program and all of its descendants that the kernel takes (perf_event_open(2)) and this collects:
 * nothing runs in the program, and what was sampled survives its end. */
#ifndef KP_KERNPROF_SAMPLE_PERF_SAMPLER_H
#define KP_KERNPROF_SAMPLE_PERF_SAMPLER_H

#include "kernprof/sample/samples.h"

struct kp_perf_sampler;

/* Starts sampling `pid`, which must not have executed its program yet: sampling begins with the exec. `overhead` is the
 * part of the run that it may cost. `with_kernel`: what the kernel does for a line counts too. `with_time`: time is
 * sampled, and not only `events`, a set of kinds of cost. NULL: the system does not allow it. */
struct kp_perf_sampler *kp_perf_sampler_start(int pid, double overhead, int with_kernel, int with_time,
                                              uint32_t events);

/* Ends sampling, hands over what was sampled, to be freed by kp_samples_free, and frees the sampler. */
void kp_perf_sampler_stop(struct kp_perf_sampler *sampler, struct kp_samples *samples);

/* Adds to `samples` what was sampled so far, while sampling goes on. */
void kp_perf_sampler_look(struct kp_perf_sampler *sampler, struct kp_samples *samples);

/* The time between two samples that keeps within `overhead`, where one costs `cost_ns`. */
uint64_t kp_sampler_period_ns(double cost_ns, double overhead);

#endif
