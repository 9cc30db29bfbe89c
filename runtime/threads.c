/* A segment of counters for each thread.
 *
 * A thread gets its segment when it first enters instrumented code, and gives it back when it ends; the next thread
 * goes on counting in it, so its counts are never moved. The list of segments only grows, which keeps it free of locks.
 */
#include "runtime/runtime.h"

#include <errno.h>
#include <string.h>

#include "format/clock.h"
#include "runtime/os.h"
#include "runtime/samples.h"

__thread int64_t kp_bias;
__thread struct kp_segment *kp_thread_segment;

/* ThreadSanitizer does not see this code, which is built without it; it must know that a segment goes from thread to
 * thread in order. Absent from programs without it. */
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

/* The thread's own: it may be read by no other thread than the one that claims it. */
static int claim(struct kp_segment_chunk *chunk, uint32_t from)
{
    if (!__atomic_compare_exchange_n(&chunk->owner, &from, kp_os_thread(), 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return 0;
    if (__tsan_acquire)
        __tsan_acquire(&chunk->owner);
    return 1;
}

static void give_back(struct kp_segment_chunk *chunk)
{
    if (__tsan_release)
        __tsan_release(&chunk->owner);
    __atomic_store_n(&chunk->owner, 0, __ATOMIC_RELEASE);
}

/* Leaves behind no outermost activation of a thread that ended inside of one. */
static void forget_activations(struct kp_segment_chunk *chunk)
{
    char *counters = (char *)chunk + chunk->counters_offset;
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
    segment->is_taken = 0;
    kp_bias = 0;
    kp_thread_segment = NULL;
    kp_samples_end_thread();
    forget_activations(segment->chunk);
    give_back(segment->chunk);
}

/* Spares lie in memory that nobody reads. */
static int is_spare(const struct kp_segment *segment)
{
    return segment->chunk->chunk.kind != KP_CHUNK_SEGMENT;
}

/* A free segment of those that this module has mapped. */
static struct kp_segment *reuse(int spare)
{
    for (struct kp_segment *s = atomic_load_explicit(&kp_runtime.segments, memory_order_acquire); s; s = s->next)
        if (is_spare(s) == spare && __atomic_load_n(&s->chunk->owner, __ATOMIC_RELAXED) == 0 && claim(s->chunk, 0))
            return s;
    return NULL;
}

/* The segment of a thread that ended without giving it back: threads that end by a bare system call, or that came back
 * to profiled code in their very last destructor. A few are looked at each time, so that many threads at once stay
 * cheap. */
static struct kp_segment *inherit(void)
{
    enum { LOOKS = 16 };
    struct kp_segment *s = atomic_load_explicit(&kp_runtime.next_look, memory_order_relaxed);
    for (int i = 0; i < LOOKS; i++) {
        if (!s)
            s = atomic_load_explicit(&kp_runtime.segments, memory_order_acquire);
        if (!s)
            return NULL;
        uint32_t owner = __atomic_load_n(&s->chunk->owner, __ATOMIC_RELAXED);
        struct kp_segment *next = s->next;
        if (owner && !is_spare(s) && kp_os_thread_has_ended(owner) && claim(s->chunk, owner)) {
            forget_activations(s->chunk);
            atomic_store_explicit(&kp_runtime.next_look, next, memory_order_relaxed);
            return s;
        }
        s = next;
    }
    atomic_store_explicit(&kp_runtime.next_look, s, memory_order_relaxed);
    return NULL;
}

/* A folder that is gone went with kernprof: nobody asks any more. */
static int is_asked_for(void)
{
    return kp_os_folder_exists(kp_runtime.folder);
}

/* Once a run: the modules and processes of it know that by a file in its folder. */
static __attribute__((cold, noinline)) void say_uncounted(const char *what)
{
    static _Atomic int said;
    if (is_asked_for() && !atomic_exchange(&said, 1) && kp_os_leave_mark(kp_runtime.folder, "uncounted") != 0)
        kp_say_why(what, kp_file_trouble(), kp_runtime.path);
}

/* Where the file cannot grow, a thread counts into memory that nobody reads, so that it need not ask at every call. */
static struct kp_segment *spare(void)
{
    struct kp_segment *segment = reuse(1);
    if (!segment)
        segment = kp_segments_spare();
    if (segment && kp_runtime.header) {
        if (__atomic_fetch_add(&kp_runtime.header->uncounted, 1, __ATOMIC_RELAXED) == 0)
            say_uncounted("a thread is not counted: the counter file cannot grow");
    }
    return segment;
}

/* One thread at a time makes segments for those that wait for them. It cannot be waited for long: it may have a lower
 * priority. */
static struct kp_segment *grow(void)
{
    enum { TURNS = 5000 };
    for (int i = 0; i < TURNS; i++) {
        int is_other = atomic_exchange_explicit(&kp_runtime.grows, 1, memory_order_acquire);
        struct kp_segment *segment = reuse(0);
        if (!is_other) {
            if (!segment)
                segment = kp_segments_create(1);
            atomic_store_explicit(&kp_runtime.grows, 0, memory_order_release);
            return segment;
        }
        if (segment)
            return segment;
        kp_os_yield();
    }
    return kp_segments_create(0);
}

static void take(struct kp_segment *segment)
{
    segment->began = (int64_t)kp_clock_ticks();
    segment->spent_ticks = 0;
    segment->stretch = 1;
    segment->pending_count = 0;
    segment->is_taken = 1;
    if (!segment->chunk->thread)
        segment->chunk->thread = segment->chunk->owner;
    if (!segment->targets)
        kp_targets_find(segment);
    kp_thread_segment = segment;
    kp_bias =
        (int64_t)((intptr_t)segment->chunk + (intptr_t)segment->chunk->counters_offset - (intptr_t)__start_kp_cnts);
    if (kp_runtime.gives_back)
        pthread_setspecific(kp_runtime.thread_ends, segment);
    if (!is_spare(segment))
        kp_process_flags_count_thread();
}

/* A child of vfork or of a bare clone shares the thread's memory or its segment; it must not get one for its parent. */
static int is_own_process(void)
{
    return !kp_runtime.header || kp_runtime.header->pid == kp_os_pid();
}

void kp_thread_start(void)
{
    int saved = errno;
    uint64_t signals;
    kp_os_block_signals(&signals); /* a handler that is profiled would start the thread as well */
    if (!kp_bias && is_own_process()) {
        struct kp_segment *segment = reuse(0);
        while (!segment && kp_segments_adopt())
            segment = reuse(0);
        if (!segment)
            segment = inherit();
        if (!segment)
            segment = grow();
        if (!segment)
            segment = spare();
        if (segment) {
            take(segment);
            kp_samples_start_thread(&signals);
        }
    }
    kp_os_unblock_signals(&signals);
    errno = saved;
}

void kp_threads_init(void)
{
    struct kp_runtime *r = &kp_runtime;
    r->has_key = pthread_key_create(&r->thread_ends, end_thread) == 0; /* without, segments are inherited */
    r->gives_back = r->has_key && kp_process_flags_key_is_safe(r->thread_ends);
}

void kp_threads_release(void)
{
    for (struct kp_segment *s = atomic_load(&kp_runtime.segments); s; s = s->next) {
        if (!s->is_taken)
            continue; /* it may be another load's of the same module */
        forget_activations(s->chunk);
        give_back(s->chunk);
    }
    kp_segments_forget(NULL);
}

/* The child's only thread goes on with addresses of its segment in its frames, so the child's own segment, all zeros,
 * takes the place of the parent's at the same address. */
static void take_over_counters(void)
{
    struct kp_runtime *r = &kp_runtime;
    struct kp_segment *own = kp_thread_segment;
    kp_segments_forget(own);
    atomic_store(&r->grows, 0); /* the thread that grew is the parent's */
    atomic_store(&r->next_look, NULL);
    if (!r->header)
        return;
    if (kp_file_reopen() == 0 && kp_module_register(0) == 0) {
        if (!own || kp_segment_replace(own->chunk)) {
            if (own) {
                kp_targets_find(own); /* the parent's stay mapped, as after add_targets */
                kp_samples_start_thread(NULL);
            }
            return;
        }
        kp_module_release();
    } else if (r->header) {
        kp_os_unmap(r->header, KP_COUNTERS_PAGE);
        r->header = NULL;
    }
    if (own) {
        kp_os_detach(own->chunk, kp_segment_size());
        kp_segment_make_spare(own->chunk);
        kp_targets_find(own);
    }
    say_uncounted("a forked child is not counted: its counter file cannot be written");
}

void kp_fork_child(void)
{
    take_over_counters();
    kp_memory_fork_child();
}
