/* See memory_reader.h. */
#include "format/memory_reader.h"

#include <stddef.h>

const struct kp_memory_totals *kp_memory_totals(const struct kp_chunk *chunk)
{
    if (chunk->kind != KP_CHUNK_MEMORY_TOTALS || chunk->size < sizeof(struct kp_memory_totals_chunk))
        return NULL;
    return &((const struct kp_memory_totals_chunk *)(const void *)chunk)->totals;
}

const struct kp_memory_line *kp_memory_lines(const struct kp_chunk *chunk, uint32_t *module, uint64_t *count)
{
    const struct kp_memory_lines_chunk *lines = (const void *)chunk;
    if (chunk->kind != KP_CHUNK_MEMORY_LINES || chunk->size < KP_COUNTERS_PAGE ||
        lines->count > (chunk->size - KP_COUNTERS_PAGE) / sizeof(struct kp_memory_line))
        return NULL;
    *module = lines->module;
    *count = lines->count;
    return (const void *)((const unsigned char *)chunk + KP_COUNTERS_PAGE);
}

const struct kp_memory_call *kp_memory_calls(const struct kp_chunk *chunk, uint32_t *module, uint64_t *count)
{
    const struct kp_memory_calls_chunk *calls = (const void *)chunk;
    if (chunk->kind != KP_CHUNK_MEMORY_CALLS || chunk->size < sizeof *calls ||
        calls->capacity > (chunk->size - sizeof *calls) / sizeof(struct kp_memory_call))
        return NULL;
    *module = calls->module;
    *count = calls->used < calls->capacity ? calls->used : calls->capacity;
    return calls->call;
}
