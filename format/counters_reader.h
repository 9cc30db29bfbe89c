/* Checked, read-only access to a counter file, which may belong to a program that is still running or was killed. */
#ifndef KP_FORMAT_COUNTERS_READER_H
#define KP_FORMAT_COUNTERS_READER_H

#include "format/counters.h"

/* Bytes of a counter file. */
struct kp_counters {
    const unsigned char *bytes;
    uint64_t size;
    const struct kp_counters_header *header;
};

/* Is this, in a counter folder, the name of a counter file? */
int kp_counters_is_name(const char *name);

/* 0, or -1 if the bytes are not a counter file of this version. */
int kp_counters_open(struct kp_counters *counters, const void *bytes, uint64_t size);

/* The next published chunk at or after *offset (start with KP_COUNTERS_PAGE), which moves behind it; NULL at the end.
 * Chunks that were reserved and never published are passed over. */
const struct kp_chunk *kp_counters_next(const struct kp_counters *counters, uint64_t *offset);

/* The chunk as what its kind says, if all that it refers to lies within it; else NULL. */
const struct kp_module_chunk *kp_counters_module(const struct kp_chunk *chunk);
const struct kp_segment_chunk *kp_counters_segment(const struct kp_chunk *chunk);
const struct kp_targets_chunk *kp_counters_targets(const struct kp_chunk *chunk);
const struct kp_timers_chunk *kp_counters_timers(const struct kp_chunk *chunk);

/* The name of a timer's cell, which no NUL ends; NULL if the cell is not used or damaged. */
const char *kp_counters_timer_name(const struct kp_counters *counters, const struct kp_timer_cell *cell,
                                   uint32_t *length);

#endif
