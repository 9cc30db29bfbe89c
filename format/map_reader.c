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

static int counter_is_valid(const struct kp_map_record *r, uint32_t counter)
{
    return counter == KP_NO_COUNTER || counter < r->counter_count;
}

static int edges_are_valid(const struct kp_map_view *v)
{
    const struct kp_map_record *r = v->record;
    for (uint32_t i = 0; i < r->edge_count; i++) {
        const struct kp_map_edge *e = &v->edges[i];
        if (e->from >= r->block_count || e->to >= r->block_count || !counter_is_valid(r, e->counter))
            return 0;
    }
    return 1;
}

static int blocks_are_valid(const struct kp_map_view *v)
{
    const struct kp_map_record *r = v->record;
    for (uint32_t i = 0; i < r->block_count; i++) {
        const struct kp_map_block *b = &v->blocks[i];
        if (b->first_line > r->block_line_count || b->line_count > r->block_line_count - b->first_line ||
            !counter_is_valid(r, b->counter))
            return 0;
    }
    return 1;
}

static int block_lines_are_valid(const struct kp_map_view *v)
{
    for (uint32_t i = 0; i < v->record->block_line_count; i++)
        if (v->block_lines[i] >= v->record->line_count)
            return 0;
    return 1;
}

static int calls_are_valid(const struct kp_map_view *v)
{
    const struct kp_map_record *r = v->record;
    for (uint32_t i = 0; i < r->call_count; i++)
        if (v->calls[i].block >= r->block_count || v->calls[i].line >= r->line_count ||
            v->calls[i].callee >= r->string_bytes)
            return 0;
    return 1;
}

static int lines_are_valid(const struct kp_map_view *v)
{
    for (uint32_t i = 0; i < v->record->line_count; i++)
        if (v->lines[i].file >= v->record->file_count || v->lines[i].loop > v->record->loop_count)
            return 0;
    return 1;
}

static int files_are_valid(const struct kp_map_file *files, uint32_t count, uint32_t string_bytes)
{
    for (uint32_t i = 0; i < count; i++)
        if (files[i].path >= string_bytes)
            return 0;
    return 1;
}

/* The last string ends, and so do all before it. */
static int strings_are_valid(const char *strings, uint32_t bytes)
{
    return bytes && strings[bytes - 1] == 0;
}

static int record_is_valid(const struct kp_map_record *r)
{
    if (r->line_count && (r->file >= r->file_count || r->entry_block >= r->block_count))
        return 0;
    if (r->entry_block && r->entry_block >= r->block_count)
        return 0;
    if ((r->flags & KP_GLOB) && (r->line_count || r->counter_count || !r->name))
        return 0;
    return r->name < r->string_bytes && r->linkage_name < r->string_bytes && r->source < r->string_bytes &&
           r->variant_of < r->string_bytes;
}

static int indexes_are_valid(const struct kp_map_view *v)
{
    const struct kp_map_record *r = v->record;
    return record_is_valid(r) && edges_are_valid(v) && blocks_are_valid(v) && block_lines_are_valid(v) &&
           calls_are_valid(v) && lines_are_valid(v) && files_are_valid(v->files, r->file_count, r->string_bytes) &&
           strings_are_valid(v->strings, r->string_bytes);
}

/* What every record begins with. */
struct head {
    uint32_t magic;
    uint32_t size_bytes;
};

/* The next record with `magic`, which is at least `least` bytes long. As kp_map_next, which moves *offset. */
static int find_record(const unsigned char *bytes, uint64_t size, uint64_t *offset, uint32_t magic, uint64_t least,
                       const void **record)
{
    for (;;) {
        uint64_t at = *offset;
        while (at + 8 <= size && *(const uint64_t *)(bytes + at) == 0)
            at += 8; /* padding between objects */
        if (at >= size)
            return 0;
        const struct head *head = (const void *)(bytes + at);
        if (size - at < sizeof *head || head->size_bytes < sizeof *head || head->size_bytes > size - at ||
            head->size_bytes % 8 != 0 || (head->magic != KP_MAP_MAGIC && head->magic != KP_SITES_MAGIC))
            return -1;
        if (head->magic == magic && head->size_bytes < least)
            return -1;
        *offset = at + head->size_bytes;
        if (head->magic == magic) {
            *record = head;
            return 1;
        }
    }
}

int kp_map_next(const void *map, uint64_t size, uint64_t *offset, struct kp_map_view *view)
{
    const void *found;
    int result = find_record(map, size, offset, KP_MAP_MAGIC, sizeof *view->record, &found);
    if (result != 1)
        return result;
    const struct kp_map_record *r = found;
    const unsigned char *tables = (const unsigned char *)(r + 1);
    uint64_t used = 0;
    uint64_t limit = r->size_bytes - sizeof *r;
    view->record = r;
    view->offset = (uint64_t)((const unsigned char *)r - (const unsigned char *)map);
    view->edges = take(tables, &used, limit, r->edge_count, sizeof *view->edges);
    view->blocks = take(tables, &used, limit, r->block_count, sizeof *view->blocks);
    view->block_lines = take(tables, &used, limit, r->block_line_count, sizeof *view->block_lines);
    view->calls = take(tables, &used, limit, r->call_count, sizeof *view->calls);
    view->lines = take(tables, &used, limit, r->line_count, sizeof *view->lines);
    view->files = take(tables, &used, limit, r->file_count, sizeof *view->files);
    view->strings = take(tables, &used, limit, r->string_bytes, 1);
    if (!view->edges || !view->blocks || !view->block_lines || !view->calls || !view->lines || !view->files ||
        !view->strings || !indexes_are_valid(view))
        return -1;
    return 1;
}

/* A frame is inlined at one that stands behind it in the table, so following them comes to an end. */
static int frames_are_valid(const struct kp_sites_view *v)
{
    const struct kp_map_sites *r = v->record;
    for (uint32_t i = 0; i < r->frame_count; i++) {
        const struct kp_map_frame *f = &v->frames[i];
        if (f->function >= r->string_bytes || f->file >= r->file_count ||
            (f->inlined_at != KP_NO_FRAME && (f->inlined_at <= i || f->inlined_at >= r->frame_count)))
            return 0;
    }
    return 1;
}

static int site_indexes_are_valid(const struct kp_sites_view *v)
{
    const struct kp_map_sites *r = v->record;
    for (uint32_t i = 0; i < r->fused_count; i++)
        if (v->fused[i].site >= r->site_count)
            return 0;
    for (uint32_t i = 0; i < r->site_count; i++)
        if (v->sites[i].frame >= r->frame_count || v->sites[i].callee >= r->string_bytes)
            return 0;
    return frames_are_valid(v) && files_are_valid(v->files, r->file_count, r->string_bytes) &&
           strings_are_valid(v->strings, r->string_bytes);
}

int kp_map_next_sites(const void *map, uint64_t size, uint64_t *offset, struct kp_sites_view *view)
{
    const void *found;
    int result = find_record(map, size, offset, KP_SITES_MAGIC, sizeof *view->record, &found);
    if (result != 1)
        return result;
    const struct kp_map_sites *r = found;
    const unsigned char *tables = (const unsigned char *)(r + 1);
    uint64_t used = 0;
    uint64_t limit = r->size_bytes - sizeof *r;
    view->record = r;
    view->offset = (uint64_t)((const unsigned char *)r - (const unsigned char *)map);
    view->fused_offsets = take(tables, &used, limit, r->fused_count, sizeof *view->fused_offsets);
    view->fused = take(tables, &used, limit, r->fused_count, sizeof *view->fused);
    view->sites = take(tables, &used, limit, r->site_count, sizeof *view->sites);
    view->frames = take(tables, &used, limit, r->frame_count, sizeof *view->frames);
    view->files = take(tables, &used, limit, r->file_count, sizeof *view->files);
    view->strings = take(tables, &used, limit, r->string_bytes, 1);
    if (!view->fused_offsets || !view->fused || !view->sites || !view->frames || !view->files || !view->strings ||
        !site_indexes_are_valid(view))
        return -1;
    return 1;
}

int kp_map_is_profiled(const struct kp_map_record *record, int by_function)
{
    return record->line_count && (by_function || !(record->flags & KP_FUNCTION_CALLS_ONLY));
}

unsigned kp_map_functions(const void *map, uint64_t size, int by_function)
{
    struct kp_map_view view;
    unsigned count = 0;
    for (uint64_t offset = 0; kp_map_next(map, size, &offset, &view) == 1;)
        count += kp_map_is_profiled(view.record, by_function);
    return count;
}

uint64_t kp_map_words(const struct kp_map_record *record)
{
    return (uint64_t)record->counter_count + KP_ACTIVATION_WORDS + (uint64_t)KP_LINE_WORDS * record->line_count +
           (uint64_t)KP_LOOP_WORDS * record->loop_count;
}

/* Index of the first of `words` words among the counters, which the field at `field` is `offset` bytes away from. */
static int64_t word_index(uint64_t field, int32_t offset, uint64_t words, uint64_t counters_address,
                          uint64_t counters_size)
{
    uint64_t distance = field + (uint64_t)(int64_t)offset - counters_address;
    if (distance % 8 != 0 || distance > counters_size || words > (counters_size - distance) / 8)
        return -1;
    return (int64_t)(distance / 8);
}

int64_t kp_map_first_word(const struct kp_map_view *view, uint64_t map_address, uint64_t counters_address,
                          uint64_t counters_size)
{
    return word_index(map_address + view->offset + offsetof(struct kp_map_record, counters_offset),
                      view->record->counters_offset, kp_map_words(view->record), counters_address, counters_size);
}

int64_t kp_map_first_site_word(const struct kp_sites_view *view, uint64_t map_address, uint64_t counters_address,
                               uint64_t counters_size)
{
    return word_index(map_address + view->offset + offsetof(struct kp_map_sites, words_offset),
                      view->record->words_offset, (uint64_t)view->record->site_count * KP_SITE_WORDS, counters_address,
                      counters_size);
}

int64_t kp_map_fused_word(const struct kp_sites_view *view, uint32_t fused, uint64_t map_address,
                          uint64_t counters_address, uint64_t counters_size)
{
    uint64_t field = sizeof *view->record + (uint64_t)fused * sizeof *view->fused_offsets;
    return word_index(map_address + view->offset + field, view->fused_offsets[fused], 1, counters_address,
                      counters_size);
}

uint64_t kp_map_function_of_sites(const struct kp_sites_view *view)
{
    return view->offset + offsetof(struct kp_map_sites, function_offset) +
           (uint64_t)(int64_t)view->record->function_offset;
}
