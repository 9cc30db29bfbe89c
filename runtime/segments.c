/* Mapping segments. The first two threads of a module get one each; from then on as many are made at once as there are,
 * so that a thousand threads take eleven mappings of each module and the file is at most twice as large as what is
 * used. */
#include "runtime/runtime.h"

#include "runtime/os.h"

uint64_t kp_segment_size(void)
{
    /* Counters start on a page of their own. */
    uint64_t size = KP_COUNTERS_PAGE + (uint64_t)(__stop_kp_cnts - __start_kp_cnts);
    return (size + KP_COUNTERS_PAGE - 1) / KP_COUNTERS_PAGE * KP_COUNTERS_PAGE;
}

static struct kp_segment_chunk *chunk_at(char *chunks, uint64_t index)
{
    return (struct kp_segment_chunk *)(void *)(chunks + index * kp_segment_size());
}

static void push(struct kp_segment *segment)
{
    segment->next = atomic_load_explicit(&kp_runtime.segments, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&kp_runtime.segments, &segment->next, segment, memory_order_release,
                                                  memory_order_relaxed))
        ;
}

/* Lists what is mapped at `chunks`. The first of them, or NULL: no memory. */
static struct kp_segment *list(char *chunks, uint32_t count)
{
    struct kp_runtime *r = &kp_runtime;
    uint64_t bytes = sizeof(struct kp_segment_batch) + count * sizeof(struct kp_segment);
    struct kp_segment_batch *batch = kp_os_allocate(bytes);
    if (!batch)
        return NULL;
    batch->chunks = chunks;
    batch->count = count;
    batch->own_bytes = bytes;
    batch->next = atomic_load_explicit(&r->batches, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&r->batches, &batch->next, batch, memory_order_release,
                                                  memory_order_relaxed))
        ;
    for (uint32_t i = count; i-- > 0;) {
        batch->segments[i].chunk = chunk_at(chunks, i);
        push(&batch->segments[i]);
    }
    return &batch->segments[0];
}

/* Turns the mapped chunk into `count` segments, the first of them the running thread's. They are published from the
 * last to the first, so that a reader at any time sees whole ones. */
static void publish(struct kp_chunk *whole, uint32_t count)
{
    struct kp_runtime *r = &kp_runtime;
    uint64_t size = kp_segment_size(), offset = whole->offset;
    for (uint32_t i = count; i-- > 0;) {
        struct kp_segment_chunk *segment = chunk_at((char *)whole, i);
        segment->chunk.kind = KP_CHUNK_SEGMENT;
        segment->chunk.size = size;
        segment->chunk.offset = offset + i * size;
        segment->module = r->module;
        segment->target_capacity = KP_SEGMENT_TARGETS;
        segment->counters_offset = KP_COUNTERS_PAGE;
        segment->counters_size = (uint64_t)(__stop_kp_cnts - __start_kp_cnts);
        if (i == 0) {
            segment->count = count;
            segment->owner = segment->thread = kp_os_thread();
            segment->next = __atomic_load_n(&r->chunk->first_segment, __ATOMIC_RELAXED);
        }
        kp_file_publish(&segment->chunk);
    }
    struct kp_segment_chunk *first = (struct kp_segment_chunk *)whole;
    while (!__atomic_compare_exchange_n(&r->chunk->first_segment, &first->next, offset, 1, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
}

/* How many there are of a kind is how many are made next. */
static uint32_t count_segments(int kind)
{
    uint32_t count = 0;
    for (struct kp_segment_batch *b = atomic_load_explicit(&kp_runtime.batches, memory_order_acquire); b; b = b->next)
        if (chunk_at(b->chunks, 0)->chunk.kind == (uint32_t)kind)
            count += b->count;
    return count ? count : 1;
}

static struct kp_segment *create(uint32_t count)
{
    struct kp_chunk *chunk = kp_file_add(KP_CHUNK_SEGMENT, count * kp_segment_size(), NULL);
    if (!chunk)
        return NULL;
    publish(chunk, count);
    struct kp_segment *segment = list((char *)chunk, count);
    if (!segment) {
        __atomic_store_n(&((struct kp_segment_chunk *)chunk)->owner, 0, __ATOMIC_RELEASE);
        kp_os_unmap(chunk, count * kp_segment_size());
    }
    return segment;
}

struct kp_segment *kp_segments_create(int many)
{
    uint32_t count = many ? count_segments(KP_CHUNK_SEGMENT) : 1;
    struct kp_segment *segment = create(count);
    return segment || count == 1 ? segment : create(1);
}

int kp_segments_adopt(void)
{
    struct kp_runtime *r = &kp_runtime;
    for (;;) {
        uint64_t offset = __atomic_load_n(&r->adopt_next, __ATOMIC_RELAXED), size = kp_segment_size();
        struct kp_segment_chunk *chunk = (struct kp_segment_chunk *)(offset ? kp_file_find(offset, size) : NULL);
        if (!chunk)
            return 0;
        uint32_t count = chunk->count ? chunk->count : 1;
        uint64_t next = chunk->next;
        int is_first =
            __atomic_compare_exchange_n(&r->adopt_next, &offset, next, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        int is_ours = is_first && chunk->module == r->module;
        if (is_ours && count > 1) {
            kp_os_unmap(chunk, size);
            size *= count;
            chunk = (struct kp_segment_chunk *)kp_file_find(offset, size);
        }
        if (is_ours && chunk && list((char *)chunk, count))
            return 1;
        if (chunk)
            kp_os_unmap(chunk, size);
    }
}

void kp_segment_make_spare(struct kp_segment_chunk *chunk)
{
    chunk->counters_offset = KP_COUNTERS_PAGE;
    chunk->owner = kp_os_thread();
}

struct kp_segment *kp_segments_spare(void)
{
    uint32_t count = count_segments(0);
    char *chunks = kp_os_allocate(count * kp_segment_size());
    if (!chunks)
        return NULL;
    for (uint32_t i = 1; i < count; i++)
        chunk_at(chunks, i)->counters_offset = KP_COUNTERS_PAGE;
    kp_segment_make_spare(chunk_at(chunks, 0));
    struct kp_segment *segment = list(chunks, count);
    if (!segment)
        kp_os_unmap(chunks, count * kp_segment_size());
    return segment;
}

struct kp_segment_chunk *kp_segment_replace(struct kp_segment_chunk *chunk)
{
    struct kp_chunk *mapped = kp_file_add(KP_CHUNK_SEGMENT, kp_segment_size(), chunk);
    if (mapped)
        publish(mapped, 1);
    return (struct kp_segment_chunk *)mapped;
}

/* All of a batch but `kept`, which is in it. */
static void trim(struct kp_segment_batch *batch, struct kp_segment *kept)
{
    uint64_t size = kp_segment_size(), before = (uint64_t)((char *)kept->chunk - batch->chunks);
    uint64_t behind = batch->count * size - before - size;
    if (before)
        kp_os_unmap(batch->chunks, before);
    if (behind)
        kp_os_unmap((char *)kept->chunk + size, behind);
    batch->chunks = (char *)kept->chunk;
    batch->count = 1;
    batch->next = NULL;
    atomic_store(&kp_runtime.batches, batch);
    push(kept);
}

void kp_segments_forget(struct kp_segment *kept)
{
    struct kp_segment_batch *next;
    for (struct kp_segment *s = atomic_exchange(&kp_runtime.segments, NULL); s; s = s->next)
        if (s != kept && s->targets_chunk)
            kp_os_unmap(s->targets_chunk, s->targets_chunk->chunk.size);
    for (struct kp_segment_batch *b = atomic_exchange(&kp_runtime.batches, NULL); b; b = next) {
        next = b->next;
        if (kept && kept >= b->segments && (char *)kept < (char *)b + b->own_bytes) {
            trim(b, kept);
            continue;
        }
        kp_os_unmap(b->chunks, b->count * kp_segment_size());
        kp_os_unmap(b, b->own_bytes);
    }
}
