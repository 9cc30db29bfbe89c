/* Call sites, called by instrumented code (plugin/call_sites.cpp): timed calls, and the targets of calls through
 * pointers.
 *
 * A site decides after every timed call how many calls to let pass before the next: none while timing is cheap beside
 * the call; else so many that the site's share of the thread's time stays small, the number drawn at random so that it
 * cannot run in step with the program (adaptive sampling by countdown: Arnold and Ryder 2001, "A framework for reducing
 * the cost of instrumented code"). The first calls of every site are timed, whatever they cost, as long as the thread
 * has credit.
 *
 * An exception or longjmp ends calls whose end is never told. Where it comes to, all that is pending further down the
 * stack has ended at that moment (kp_call_unwound). What comes to no instrumented function, but to a library that
 * called one back, is not noticed: such calls are forgotten, and their site's mean is that of the others. */
#include "runtime/runtime.h"

#include "format/clock.h"
#include "runtime/os.h"

/* In the frame of a function that makes the timed call; the plugin reserves its words (plugin/timed_calls.h). */
struct kp_timed_call {
    uint64_t *site; /* NULL: not timed */
    uint64_t is_inner;
    int64_t began;
    int64_t debt_x256;
    uint64_t cpu_began_ns; /* 0: processor time is not taken */
    uint64_t reserved;
};

_Static_assert(sizeof(struct kp_timed_call) == 6 * sizeof(uint64_t), "as the plugin reserves it");

/* In the program, a timed call misses caches and is not foreseen by the processor: what it costs there, as a multiple
 * of what it costs in a loop of nothing else (Lua, sqlite: 2 to 4 times). */
enum { REAL_COST = 3 };

/* As good as never again. */
#define FOREVER (INT64_C(1) << 60)

/* Calls of a site that are timed one after the other at first, and ticks that a thread may spend on it beyond its
 * share. */
enum { FIRST_CALLS = 8, CREDIT_TICKS = 1000000 };

enum { MAX_STRETCH = 1000 };

/* The part of the budget that one site may use: sites are nested in each other, and a thread passes several. */
enum { SITE_SHARE = 8 };

/* Calls at least this long can bear two more system calls, which part processor time from waiting. */
#define LONG_CALL_NS 20000u

static struct {
    int64_t inside_ticks; /* of an empty call, what the two timestamps count as its length */
    int64_t whole_ticks;  /* what a timed call costs */
    uint64_t long_ticks;
} cost;

/* Lets `left` calls pass before the next that is timed; the number of calls so far stays what it is, also where a
 * signal's handler comes between and calls from the same site. */
static void set_countdown(uint64_t *site, int64_t left)
{
    uint64_t more = (uint64_t)left - site[KP_SITE_COUNTDOWN];
    site[KP_SITE_GRANTED] += more;
    site[KP_SITE_COUNTDOWN] += more;
}

static int takes_processor_time(const uint64_t *site)
{
    uint64_t timed = site[KP_SITE_TIMED] + site[KP_SITE_INNER_TIMED];
    uint64_t ticks = site[KP_SITE_TICKS] + site[KP_SITE_INNER_TICKS];
    return timed < 2 || ticks / timed >= cost.long_ticks;
}

/* A stack is not longer. Frames of fibers lie elsewhere. */
enum { STACK_BYTES = 8 << 20 };

static int is_below(uintptr_t frame, uintptr_t other)
{
    return frame <= other && other - frame < STACK_BYTES;
}

static struct kp_pending_call pending_of(const struct kp_timed_call *call)
{
    return (struct kp_pending_call){.frame = (uintptr_t)call,
                                    .site = call->site,
                                    .began = call->began,
                                    .debt_x256 = call->debt_x256,
                                    .cpu_began_ns = call->cpu_began_ns,
                                    .is_inner = (int)call->is_inner};
}

static void remember(struct kp_segment *segment, const struct kp_timed_call *call)
{
    uintptr_t frame = (uintptr_t)call;
    while (segment->pending_count && is_below(segment->pending[segment->pending_count - 1].frame, frame))
        segment->pending_count--; /* left without a word: nothing that lives is below a running function */
    if (segment->pending_count == KP_PENDING_CALLS)
        return;
    struct kp_pending_call *pending = &segment->pending[segment->pending_count++];
    __asm__ volatile("" ::: "memory"); /* a signal handler's calls come behind it from now on */
    *pending = pending_of(call);
}

static void forget(struct kp_segment *segment, const struct kp_timed_call *call)
{
    uint32_t place = segment->pending_count;
    while (place > 0 && segment->pending[place - 1].frame != (uintptr_t)call)
        place--;
    if (place > 0)
        segment->pending_count = place - 1;
}

/* The countdown has run out. `is_inner`: the calling function's activation is not its outermost one on the thread. */
void kp_call_begin(struct kp_timed_call *call, uint64_t *site, uint64_t is_inner)
{
    struct kp_segment *segment = kp_thread_segment;
    call->site = NULL;
    if (!segment || kp_runtime.timing == KP_TIMING_OFF) {
        set_countdown(site, FOREVER);
        return;
    }
    set_countdown(site, 0);
    call->site = site;
    call->is_inner = is_inner;
    call->debt_x256 = segment->debt_x256;
    call->cpu_began_ns = takes_processor_time(site) ? kp_os_thread_cpu_ns() : 0;
    uint64_t calls = site[KP_SITE_GRANTED]; /* nothing is left in the countdown */
    if (!call->is_inner)
        site[KP_SITE_OUTER_CALLS] += calls - site[KP_SITE_SEEN_CALLS];
    site[KP_SITE_SEEN_CALLS] = calls;
    call->began = (int64_t)kp_clock_ticks();
    remember(segment, call);
}

/* Instead of the code that is in line elsewhere, in functions that are not optimised. `outermost_frame`: where the
 * function keeps the frame of its outermost activation, which is known by the address of `call`; NULL where there is
 * but one. */
void kp_call_count(struct kp_timed_call *call, uint64_t *site, const uint64_t *outermost_frame)
{
    call->site = NULL;
    if ((int64_t)--site[KP_SITE_COUNTDOWN] < 0)
        kp_call_begin(call, site, outermost_frame && *outermost_frame != (uintptr_t)call);
}

/* xorshift (Marsaglia 2003). */
static uint64_t next_random(struct kp_segment *segment)
{
    uint64_t x = segment->random ? segment->random : (uintptr_t)segment | 1;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return segment->random = x;
}

/* Calls from one timed call of the site to the next. */
static int64_t choose_gap(struct kp_segment *segment, const uint64_t *site, int64_t began, int64_t ended)
{
    if (kp_runtime.timing == KP_TIMING_EXACT)
        return 1;
    int64_t allowed = (int64_t)((double)(ended - segment->began) * kp_runtime.overhead) + CREDIT_TICKS;
    uint64_t timed = site[KP_SITE_TIMED] + site[KP_SITE_INNER_TIMED];
    if (timed < FIRST_CALLS && segment->spent_ticks < allowed)
        return 1;
    int64_t last_gap = (int64_t)site[KP_SITE_LAST_GAP];
    int64_t since_last = ended - (int64_t)site[KP_SITE_LAST_BEGAN];
    int64_t interval = last_gap > 0 && site[KP_SITE_LAST_BEGAN] ? since_last / last_gap : ended - began;
    if (interval < ended - began)
        interval = ended - began;
    double share = kp_runtime.overhead / SITE_SHARE;
    double gap = (double)cost.whole_ticks / (share * (double)(interval > 0 ? interval : 1));
    segment->stretch *= segment->spent_ticks > allowed ? 1.25 : 0.95;
    segment->stretch = segment->stretch < 1 ? 1 : segment->stretch > MAX_STRETCH ? MAX_STRETCH : segment->stretch;
    gap *= segment->stretch;
    if (gap < 1.5)
        return 1;
    return 1 + (int64_t)(next_random(segment) % (uint64_t)(2 * gap - 1));
}

/* `debt_x256`: the segment's when the call ended. */
static void finish(struct kp_segment *segment, const struct kp_pending_call *call, int64_t ended, int64_t debt_x256)
{
    uint64_t *site = call->site;
    int64_t length = ended - call->began - cost.inside_ticks - ((debt_x256 - call->debt_x256) >> 8);
    site[KP_SITE_TIMED + (call->is_inner ? KP_SITE_INNER_TIMED - KP_SITE_TIMED : 0)]++;
    site[KP_SITE_TICKS + (call->is_inner ? KP_SITE_INNER_TICKS - KP_SITE_TICKS : 0)] += (uint64_t)length;
    if (!call->is_inner)
        *(double *)(void *)&site[KP_SITE_SQUARES] += (double)length * (double)length;
    int64_t whole = cost.whole_ticks / REAL_COST;
    if (call->cpu_began_ns) {
        uint64_t cpu_ns = kp_os_thread_cpu_ns() - call->cpu_began_ns;
        site[KP_SITE_CPU_WALL_TICKS] += (uint64_t)(length > 0 ? length : 0);
        site[KP_SITE_CPU_NS] += cpu_ns;
        whole += (int64_t)kp_clock_ticks() - ended;
    }
    segment->debt_x256 += whole << 8;
    segment->spent_ticks += whole + (REAL_COST - 1) * cost.whole_ticks / REAL_COST;
    int64_t gap = choose_gap(segment, site, call->began, ended);
    site[KP_SITE_LAST_BEGAN] = (uint64_t)call->began;
    site[KP_SITE_LAST_GAP] = (uint64_t)gap;
    set_countdown(site, gap - 1);
}

void kp_call_end(struct kp_timed_call *call)
{
    int64_t ended = (int64_t)kp_clock_ticks();
    struct kp_segment *segment = kp_thread_segment;
    if (!call->site || !segment)
        return;
    struct kp_pending_call ending = pending_of(call);
    forget(segment, call);
    finish(segment, &ending, ended, segment->debt_x256);
}

/* An exception or longjmp has come to the function that has `call` in its frame. */
void kp_call_unwound(struct kp_timed_call *call)
{
    int64_t ended = (int64_t)kp_clock_ticks();
    struct kp_segment *segment = kp_thread_segment;
    int64_t debt_x256 = segment ? segment->debt_x256 : 0;
    while (segment && segment->pending_count) {
        struct kp_pending_call left = segment->pending[segment->pending_count - 1];
        if (!is_below(left.frame, (uintptr_t)call))
            return;
        segment->pending_count--;
        finish(segment, &left, ended, debt_x256);
    }
}

static struct kp_target *find_target(const struct kp_segment *segment, uint64_t site, uint64_t address)
{
    uint64_t place = (address >> 4) * 31 + site;
    /* In this order: the handler of a signal may have a larger table made in between. */
    uint32_t capacity = segment->targets_capacity;
    atomic_signal_fence(memory_order_acquire);
    struct kp_target *targets = segment->targets;
    for (uint32_t tries = 0; tries < capacity; tries++, place++) {
        struct kp_target *entry = &targets[place & (capacity - 1)];
        if (entry->address == 0 || (entry->address == address && entry->site == site))
            return entry;
    }
    return NULL;
}

/* A table at most three quarters full, larger than the last one. */
static void add_targets(struct kp_segment *segment)
{
    uint32_t capacity = 4 * segment->targets_capacity;
    struct kp_chunk *chunk =
        kp_file_add(KP_CHUNK_TARGETS, sizeof(struct kp_targets_chunk) + capacity * sizeof(struct kp_target), NULL);
    if (!chunk) {
        segment->targets_fail = 1;
        return;
    }
    struct kp_targets_chunk *targets = (struct kp_targets_chunk *)chunk;
    targets->module = kp_runtime.module;
    targets->capacity = capacity;
    kp_file_publish(chunk);
    segment->chunk->targets = chunk->offset;
    segment->targets_used = 0;
    segment->targets_chunk = targets; /* the old one stays mapped: a signal handler may have interrupted its use */
    segment->targets = (struct kp_target *)(targets + 1);
    atomic_signal_fence(memory_order_release); /* see find_target */
    segment->targets_capacity = capacity;
}

static struct kp_targets_chunk *find_targets_chunk(uint64_t offset)
{
    struct kp_chunk *chunk = offset ? kp_file_find(offset, KP_COUNTERS_PAGE) : NULL;
    uint64_t size = chunk ? chunk->size : 0;
    if (size > KP_COUNTERS_PAGE) {
        kp_os_unmap(chunk, KP_COUNTERS_PAGE);
        chunk = kp_file_find(offset, size);
    }
    return (struct kp_targets_chunk *)chunk;
}

void kp_targets_find(struct kp_segment *segment)
{
    struct kp_targets_chunk *chunk = find_targets_chunk(segment->chunk->targets);
    segment->targets_chunk = chunk;
    segment->targets = chunk ? (struct kp_target *)(chunk + 1) : (struct kp_target *)(segment->chunk + 1);
    segment->targets_capacity = chunk ? chunk->capacity : KP_SEGMENT_TARGETS;
    segment->targets_used = 0;
    for (uint32_t i = 0; i < segment->targets_capacity; i++)
        segment->targets_used += segment->targets[i].address != 0;
}

static void add_target_calls(struct kp_segment *segment, uint64_t *site, uint64_t address, uint64_t calls)
{
    uint64_t index = (uint64_t)(site - (uint64_t *)((char *)segment->chunk + segment->chunk->counters_offset));
    if (!segment->targets_fail && segment->targets_used >= segment->targets_capacity / 4 * 3)
        add_targets(segment);
    struct kp_target *entry = find_target(segment, index, address);
    if (!entry)
        return;
    if (entry->address == 0) {
        entry->site = index;
        entry->address = address;
        segment->targets_used++;
    }
    entry->calls += calls;
}

/* A call through a pointer will go to `address`, after `calls` others. */
static void note_target(uint64_t *site, uint64_t address, uint64_t calls)
{
    struct kp_segment *segment = kp_thread_segment;
    if (site[KP_SITE_TARGET] == address)
        return;
    if (segment && site[KP_SITE_TARGET])
        add_target_calls(segment, site, site[KP_SITE_TARGET], calls - site[KP_SITE_TARGET_CALLS]);
    site[KP_SITE_TARGET] = address;
    site[KP_SITE_TARGET_CALLS] = calls;
}

/* Before the call is counted. */
void kp_call_target(uint64_t *site, uint64_t address)
{
    note_target(site, address, kp_site_calls(site));
}

/* A call through a pointer, which has been counted: it goes to another function than the one before, or its countdown
 * has run out. */
void kp_call_begin_at(struct kp_timed_call *call, uint64_t *site, uint64_t is_inner, uint64_t address)
{
    note_target(site, address, kp_site_calls(site) - 1);
    call->site = NULL;
    if ((int64_t)site[KP_SITE_COUNTDOWN] < 0)
        kp_call_begin(call, site, is_inner);
}

/* What a timed call of nothing measures and costs: the fastest of several batches. */
void kp_calls_calibrate(void)
{
    enum { BATCH = 500, ROUNDS = 7 };
    struct kp_segment *segment = kp_thread_segment;
    if (!segment)
        return;
    cost.inside_ticks = cost.whole_ticks = 0;
    uint64_t fastest = UINT64_MAX, inside = 0;
    uint64_t began = kp_clock_ticks(), began_ns = kp_os_monotonic_ns();
    cost.long_ticks = UINT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t site[KP_SITE_WORDS] = {[KP_SITE_TIMED] = FIRST_CALLS};
        segment->debt_x256 = segment->spent_ticks = 0;
        uint64_t start = kp_clock_ticks();
        for (int i = 0; i < BATCH; i++) {
            struct kp_timed_call call;
            kp_call_begin(&call, site, 0);
            __asm__ volatile("" ::: "memory");
            kp_call_end(&call);
        }
        uint64_t ticks = kp_clock_ticks() - start;
        if (ticks < fastest) {
            fastest = ticks;
            inside = site[KP_SITE_TICKS];
        }
    }
    cost.whole_ticks = REAL_COST * (int64_t)(fastest / BATCH);
    cost.inside_ticks = (int64_t)(inside / BATCH);
    uint64_t ended = kp_clock_ticks();
    cost.long_ticks = LONG_CALL_NS * (ended - began) / (kp_os_monotonic_ns() - began_ns + 1);
    segment->debt_x256 = segment->spent_ticks = 0;
    segment->began = (int64_t)ended;
}
