/* Samples that the program and its descendants take of themselves (runtime/samples.c): collected from the counter files
 * while they run, and what is left of them afterwards. Those that a killed process had taken are there. */
#ifndef KP_KERNPROF_SAMPLE_TIMER_SAMPLER_H
#define KP_KERNPROF_SAMPLE_TIMER_SAMPLER_H

#include "kernprof/sample/samples.h"

struct kp_timer_sampler;

/* Starts to look into the folder's counter files. NULL: out of memory or threads. */
struct kp_timer_sampler *kp_timer_sampler_start(const char *folder);

/* Collects the rest, hands over what was sampled, to be freed by kp_samples_free, and frees the sampler. */
void kp_timer_sampler_stop(struct kp_timer_sampler *sampler, struct kp_samples *samples);

/* Does the system have timers of a thread's processor time? */
int kp_timer_sampler_is_allowed(void);

#endif
