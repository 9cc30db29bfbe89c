/* The callers of a sampled place, by the call frame information of its file and a copy of the top of its stack, as
 * perf record --call-graph=dwarf finds them. */
#ifndef KP_KERNPROF_SAMPLE_UNWINDER_H
#define KP_KERNPROF_SAMPLE_UNWINDER_H

#include <stdint.h>

#include "kernprof/sample/perf_events.h"
#include "kernprof/sample/process_maps.h"
#include "kernprof/sample/samples.h"

struct kp_unwinder;

/* NULL: out of memory. */
struct kp_unwinder *kp_unwinder_new(void);
void kp_unwinder_free(struct kp_unwinder *unwinder);

/* Finds where the sample's code was called from, innermost first: addresses inside of the instructions that called,
 * `most` at most; fewer where the copy of the stack ends, or a file says nothing of its frames. `files` are those that
 * the mappings of `process` name by their numbers. Returns how many there are. */
unsigned kp_unwinder_callers(struct kp_unwinder *unwinder, const struct kp_mapped_process *process,
                             const struct kp_sample_file *files, const struct kp_perf_sample *sample, uint64_t *callers,
                             unsigned most);

#endif
