/* See counters_reader.h. */
#include "format/counters_reader.h"

#include <stddef.h>
#include <string.h>

int kp_counters_is_name(const char *name)
{
    size_t length = strlen(name), suffix = strlen(KP_COUNTERS_SUFFIX);
    return length > suffix && strcmp(name + length - suffix, KP_COUNTERS_SUFFIX) == 0;
}

int kp_counters_open(struct kp_counters *counters, const void *bytes, uint64_t size)
{
    counters->bytes = bytes;
    counters->size = size;
    counters->header = bytes;
    if (size < KP_COUNTERS_PAGE || counters->header->magic != KP_COUNTERS_MAGIC ||
        counters->header->version != KP_COUNTERS_VERSION)
        return -1;
    return 0;
}

const struct kp_chunk *kp_counters_next(const struct kp_counters *counters, uint64_t *offset)
{
    for (; *offset <= counters->size - KP_COUNTERS_PAGE; *offset += KP_COUNTERS_PAGE) {
        const struct kp_chunk *chunk = (const void *)(counters->bytes + *offset);
        if (chunk->magic != KP_CHUNK_MAGIC || chunk->size == 0 || chunk->size % KP_COUNTERS_PAGE != 0 ||
            chunk->size > counters->size - *offset)
            continue;
        *offset += chunk->size;
        return chunk;
    }
    return NULL;
}

static int fits(const struct kp_chunk *chunk, uint64_t offset, uint64_t size)
{
    return offset <= chunk->size && size <= chunk->size - offset;
}

const struct kp_module_chunk *kp_counters_module(const struct kp_chunk *chunk)
{
    const struct kp_module_chunk *m = (const void *)chunk;
    if (chunk->kind != KP_CHUNK_MODULE || m->path_offset < sizeof *m || m->map_offset <= m->path_offset ||
        m->map_offset % 8 != 0 || !fits(chunk, m->map_offset, m->map_size) || m->build_id_size > sizeof m->build_id ||
        m->counters_size > KP_COUNTERS_SIZE_MAX || ((const char *)m)[m->map_offset - 1] != 0)
        return NULL;
    return m;
}

const struct kp_segment_chunk *kp_counters_segment(const struct kp_chunk *chunk)
{
    const struct kp_segment_chunk *s = (const void *)chunk;
    if (chunk->kind != KP_CHUNK_SEGMENT || s->counters_offset % 8 != 0 || s->counters_offset < sizeof *s ||
        s->target_capacity > (s->counters_offset - sizeof *s) / sizeof(struct kp_target) ||
        !fits(chunk, s->counters_offset, s->counters_size))
        return NULL;
    return s;
}

const struct kp_targets_chunk *kp_counters_targets(const struct kp_chunk *chunk)
{
    const struct kp_targets_chunk *t = (const void *)chunk;
    if (chunk->kind != KP_CHUNK_TARGETS || !fits(chunk, sizeof *t, (uint64_t)t->capacity * sizeof(struct kp_target)))
        return NULL;
    return t;
}

const struct kp_timers_chunk *kp_counters_timers(const struct kp_chunk *chunk)
{
    const struct kp_timers_chunk *t = (const void *)chunk;
    if (chunk->kind != KP_CHUNK_TIMERS || t->cells_offset % 8 != 0 || t->cells_offset < sizeof *t ||
        t->cell_count > chunk->size / sizeof(struct kp_timer_cell) ||
        !fits(chunk, t->cells_offset, t->cell_count * sizeof(struct kp_timer_cell)))
        return NULL;
    return t;
}

const char *kp_counters_timer_name(const struct kp_counters *counters, const struct kp_timer_cell *cell,
                                   uint32_t *length)
{
    uint64_t offset = cell->name;
    if (offset < KP_COUNTERS_PAGE || offset % 8 != 0 || offset > counters->size - sizeof(struct kp_timer_name))
        return NULL;
    const struct kp_timer_name *name = (const void *)(counters->bytes + offset);
    *length = name->length;
    if (*length > KP_TIMER_NAME_MAX || *length > counters->size - offset - offsetof(struct kp_timer_name, text))
        return NULL;
    *length = (uint32_t)strnlen(name->text, *length); /* a damaged one may hold a NUL */
    return name->text;
}
