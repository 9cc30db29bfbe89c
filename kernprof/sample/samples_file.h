/* What a sampler has sampled so far, left in the counter folder now and then: for whoever looks at the run from
 * outside, and for what is to be saved when kernprof has been killed. */
#ifndef KP_KERNPROF_SAMPLE_SAMPLES_FILE_H
#define KP_KERNPROF_SAMPLE_SAMPLES_FILE_H

#include <stdint.h>

#include "kernprof/sample/perf_sampler.h"

#define KP_SAMPLES_FILE_NAME "samples.json"

/* Between two writings at least; more where writing takes long. */
#define KP_SAMPLES_INTERVAL_NS 1000000000

struct kp_samples_saver {
    const char *folder;
    struct kp_perf_sampler *const *sampler; /* NULL in it: nothing is sampled (yet) */
    int64_t next_ns;
};

/* Writes, if it is time to. What cannot be written (a full disk) is missing there, and no loss for the profile. */
void kp_samples_save(struct kp_samples_saver *saver);

/* Adds to `samples` what is in the folder. 0, or -1: nothing is, or it cannot be read; nothing is added then. */
int kp_samples_read(const char *folder, struct kp_samples *samples);

#endif
