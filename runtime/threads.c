/* A segment of counters for each thread.
 *
 * A thread gets its segment when it first enters instrumented code, and gives it back when it ends; the next thread goes
 * on counting in it, so its counts are never moved. The list of segments only grows, which keeps it free of locks. */
#include "runtime/runtime.h"

#include <errno.h>

#include "format/clock.h"
#include "runtime/os.h"

__thread int64_t kp_bias;
__thread struct kp_segment *kp_thread_segment;

/* Leaves behind no outermost activation of a thread that ended inside of one. */
static void forget_activations(struct kp_segment *segment)
{
    char *counters = (char *)segment->chunk + segment->chunk->counters_offset;
    for (const char *p = __start_kp_map; p < __stop_kp_map;) {
        const struct kp_map_record *record = (const void *)p;
        p += record->size_bytes;
        if (record->magic != KP_MAP_MAGIC)
            continue;
        const char *of_function = (const char *)&record->counters_offset + record->counters_offset;
        uint64_t *words = (uint64_t *)(counters + (of_function - __start_kp_cnts)) + record->counter_count;
        if (record->line_count)
            words[KP_OUTERMOST_FRAME] = 0;
    }
}

static void end_thread(void *data)
{
    struct kp_segment *segment = data;
    kp_bias = 0;
    kp_thread_segment = NULL;
    forget_activations(segment);
    atomic_store_explicit(&segment->in_use, 0, memory_order_release);
}

static struct kp_segment_chunk *map_segment(void *address)
{
    uint64_t counters_size = (uint64_t)(__stop_kp_cnts - __start_kp_cnts);
    uint64_t head = KP_COUNTERS_PAGE; /* counters start on a page of their own */
    struct kp_chunk *chunk = kp_file_add(KP_CHUNK_SEGMENT, head + counters_size, address);
    if (!chunk)
        return NULL;
    struct kp_segment_chunk *segment = (struct kp_segment_chunk *)chunk;
    segment->module = kp_runtime.module;
    segment->counters_offset = head;
    segment->counters_size = counters_size;
    segment->thread = kp_os_thread();
    kp_file_publish(chunk);
    return segment;
}

static struct kp_segment *reuse(void)
{
    for (struct kp_segment *s = atomic_load_explicit(&kp_runtime.segments, memory_order_acquire); s; s = s->next) {
        uint32_t free = 0;
        if (atomic_compare_exchange_strong_explicit(&s->in_use, &free, 1, memory_order_acquire, memory_order_relaxed))
            return s;
    }
    return NULL;
}

static void push(struct kp_segment *segment)
{
    segment->next = atomic_load_explicit(&kp_runtime.segments, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&kp_runtime.segments, &segment->next, segment, memory_order_release,
                                                  memory_order_relaxed))
        ;
}

static struct kp_segment *create(void)
{
    struct kp_segment *segment = kp_os_allocate(sizeof *segment);
    if (!segment)
        return NULL;
    segment->chunk = map_segment(NULL);
    if (!segment->chunk) {
        kp_os_unmap(segment, sizeof *segment);
        return NULL;
    }
    atomic_store_explicit(&segment->in_use, 1, memory_order_relaxed);
    push(segment);
    return segment;
}

void kp_thread_start(void)
{
    static _Atomic int said;
    int saved = errno;
    struct kp_segment *segment = reuse();
    if (!segment)
        segment = create();
    if (!segment) {
        if (!atomic_exchange(&said, 1))
            kp_say("a thread is not counted: disk full", kp_runtime.path);
        errno = saved;
        return;
    }
    if (kp_bias) { /* a signal handler was faster */
        atomic_store_explicit(&segment->in_use, 0, memory_order_release);
        errno = saved;
        return;
    }
    segment->chunk->thread = kp_os_thread();
    segment->began = (int64_t)kp_clock_ticks();
    segment->spent_ticks = 0;
    segment->stretch = 1;
    kp_thread_segment = segment;
    kp_bias = (int64_t)((intptr_t)segment->chunk + (intptr_t)segment->chunk->counters_offset - (intptr_t)__start_kp_cnts);
    pthread_setspecific(kp_runtime.thread_ends, segment);
    errno = saved;
}

int kp_threads_init(void)
{
    return pthread_key_create(&kp_runtime.thread_ends, end_thread);
}

/* The child's only thread goes on with addresses of its segment in its frames, so the child's own segment, all zeros,
 * takes the place of the parent's at the same address. */
void kp_fork_child(void)
{
    struct kp_segment *own = kp_thread_segment;
    struct kp_segment *next;
    for (struct kp_segment *s = atomic_load(&kp_runtime.segments); s; s = next) {
        next = s->next;
        if (s != own) {
            kp_os_unmap(s->chunk, s->chunk->chunk.size);
            kp_os_unmap(s, sizeof *s);
        }
    }
    atomic_store(&kp_runtime.segments, NULL);
    if (kp_file_reopen() != 0 || kp_module_register() != 0 || (own && !map_segment(own->chunk))) {
        kp_say("a forked child is not counted", kp_runtime.path);
        if (own)
            kp_os_detach(own->chunk, KP_COUNTERS_PAGE + (uint64_t)(__stop_kp_cnts - __start_kp_cnts));
    } else if (own) {
        own->targets = NULL; /* the parent's */
        push(own);
    }
}
