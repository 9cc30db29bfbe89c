/* Samples of the memory of a process and its descendants, from /proc. */
#ifndef KP_KERNPROF_SAMPLE_MEMORY_SAMPLER_H
#define KP_KERNPROF_SAMPLE_MEMORY_SAMPLER_H

#include <stdint.h>
#include <sys/types.h>

struct kp_memory_sample {
    pid_t pid;
    int64_t rss_bytes;
    int64_t pss_bytes; /* -1: not taken */
};

/* Resident set size: a read of one small file. -1: there is no such process. */
int64_t kp_sample_rss(pid_t pid);

/* Proportional set size: the kernel walks all pages of the process for it. -1: not to be had. */
int64_t kp_sample_pss(pid_t pid);

/* The processes below `pid`, children before grandchildren, to be freed; `*count` of them. NULL: none, or out of
 * memory. */
pid_t *kp_sample_descendants(pid_t pid, unsigned *count);

#endif
