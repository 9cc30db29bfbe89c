/* Checked, read-only access to the chunks of format/memory.h; see counters_reader.h. */
#ifndef KP_FORMAT_MEMORY_READER_H
#define KP_FORMAT_MEMORY_READER_H

#include "format/counters_reader.h"
#include "format/memory.h"

/* The chunk as what its kind says; else NULL. */
const struct kp_memory_totals *kp_memory_totals(const struct kp_chunk *chunk);

/* The records of a module, `*count` of them. */
const struct kp_memory_line *kp_memory_lines(const struct kp_chunk *chunk, uint32_t *module, uint64_t *count);

/* The calls of a module, `*count` of them. */
const struct kp_memory_call *kp_memory_calls(const struct kp_chunk *chunk, uint32_t *module, uint64_t *count);

#endif
