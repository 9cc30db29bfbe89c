/* The executable code that is mapped in the processes of a run, as the kernel reports it in the order of time. */
#ifndef KP_KERNPROF_SAMPLE_PROCESS_MAPS_H
#define KP_KERNPROF_SAMPLE_PROCESS_MAPS_H

#include <stdint.h>

#include "util/index.h"

struct kp_mapping {
    uint64_t start, end, file_offset;
    uint32_t file; /* number in the samples */
};

struct kp_mapped_process {
    int pid;
    struct kp_mapping *mappings; /* the latest last; what it covers of older ones is gone */
    unsigned count;
    unsigned changes; /* grows with every change */
};

/* Start with {0}; end with kp_process_maps_free. */
struct kp_process_maps {
    struct kp_mapped_process *processes;
    unsigned count;
    struct kp_index pids;
};

/* Out of memory, code that is not known of has no samples. */
void kp_process_maps_add(struct kp_process_maps *maps, int pid, const struct kp_mapping *mapping);

/* The child begins with what its parent has mapped. */
void kp_process_maps_fork(struct kp_process_maps *maps, int parent, int child);

/* The process has executed another program: nothing is mapped any more. */
void kp_process_maps_exec(struct kp_process_maps *maps, int pid);

/* NULL: nothing is known of the process. Valid until the maps change. */
const struct kp_mapped_process *kp_process_maps_process(const struct kp_process_maps *maps, int pid);

/* What is mapped at the address; NULL: nothing. Valid until the maps change. */
const struct kp_mapping *kp_process_maps_find(const struct kp_mapped_process *process, uint64_t address);

void kp_process_maps_free(struct kp_process_maps *maps);

#endif
