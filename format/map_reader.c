/* See map_reader.h. */
#include "format/map_reader.h"

#include <stddef.h>

/* The next table: `count` rows of `row` bytes, or NULL if they do not fit. */
static const void *take(const unsigned char *base, uint64_t *used, uint64_t limit, uint64_t count, uint64_t row)
{
    uint64_t bytes = KP_ALIGN8(count * row);
    if (bytes > limit - *used)
        return NULL;
    const void *table = base + *used;
    *used += bytes;
    return table;
}

static int indexes_are_valid(const struct kp_map_view *v)
{
    const struct kp_map_record *r = v->record;
    for (uint32_t i = 0; i < r->edge_count; i++) {
        const struct kp_map_edge *e = &v->edges[i];
        if (e->from >= r->block_count || e->to >= r->block_count ||
            (e->counter != KP_NO_COUNTER && e->counter >= r->counter_count))
            return 0;
    }
    for (uint32_t i = 0; i < r->block_count; i++) {
        const struct kp_map_block *b = &v->blocks[i];
        if (b->first_line > r->block_line_count || b->line_count > r->block_line_count - b->first_line ||
            (b->counter != KP_NO_COUNTER && b->counter >= r->counter_count))
            return 0;
    }
    for (uint32_t i = 0; i < r->block_line_count; i++)
        if (v->block_lines[i] >= r->line_count)
            return 0;
    for (uint32_t i = 0; i < r->line_count; i++)
        if (v->lines[i].file >= r->file_count)
            return 0;
    for (uint32_t i = 0; i < r->file_count; i++)
        if (v->files[i].path >= r->string_bytes)
            return 0;
    if (r->line_count && (r->file >= r->file_count || r->entry_block >= r->block_count))
        return 0;
    return r->string_bytes && v->strings[r->string_bytes - 1] == 0 && r->name < r->string_bytes &&
           r->linkage_name < r->string_bytes && r->source < r->string_bytes;
}

int kp_map_next(const void *map, uint64_t size, uint64_t *offset, struct kp_map_view *view)
{
    const unsigned char *bytes = map;
    uint64_t at = *offset;
    while (at + 8 <= size && *(const uint64_t *)(bytes + at) == 0)
        at += 8; /* padding between objects */
    if (at >= size)
        return 0;
    const struct kp_map_record *r = (const void *)(bytes + at);
    if (size - at < sizeof *r || r->magic != KP_MAP_MAGIC || r->size_bytes < sizeof *r || r->size_bytes > size - at ||
        r->size_bytes % 8 != 0)
        return -1;
    const unsigned char *tables = (const unsigned char *)(r + 1);
    uint64_t used = 0;
    uint64_t limit = r->size_bytes - sizeof *r;
    view->record = r;
    view->offset = at;
    view->edges = take(tables, &used, limit, r->edge_count, sizeof *view->edges);
    view->blocks = take(tables, &used, limit, r->block_count, sizeof *view->blocks);
    view->block_lines = take(tables, &used, limit, r->block_line_count, sizeof *view->block_lines);
    view->lines = take(tables, &used, limit, r->line_count, sizeof *view->lines);
    view->files = take(tables, &used, limit, r->file_count, sizeof *view->files);
    view->strings = take(tables, &used, limit, r->string_bytes, 1);
    if (!view->edges || !view->blocks || !view->block_lines || !view->lines || !view->files || !view->strings ||
        !indexes_are_valid(view))
        return -1;
    *offset = at + r->size_bytes;
    return 1;
}

uint64_t kp_map_words(const struct kp_map_record *record)
{
    return (uint64_t)record->counter_count + KP_ACTIVATION_WORDS + (uint64_t)KP_LINE_WORDS * record->line_count;
}

int64_t kp_map_first_word(const struct kp_map_view *view, uint64_t map_address, uint64_t counters_address,
                          uint64_t counters_size)
{
    uint64_t field = map_address + view->offset + offsetof(struct kp_map_record, counters_offset);
    uint64_t distance = field + (uint64_t)(int64_t)view->record->counters_offset - counters_address;
    if (distance % 8 != 0 || distance > counters_size ||
        kp_map_words(view->record) > (counters_size - distance) / 8)
        return -1;
    return (int64_t)(distance / 8);
}
