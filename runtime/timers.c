/* Timers: regions on the running thread (see include/kernprof.h for what they mean, timers.h for how they are kept).
 *
 * This file, with its two neighbours, comes into a program only if the program uses timers. */
#include "runtime/timers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "format/clock.h"
#include "include/kernprof.h"
#include "runtime/os.h"
#include "runtime/runtime.h"

struct kp_timers kp_timers;

/* By which kernprof knows a program that has timers; the constructor refers to it. */
__attribute__((section(KP_TIMER_SECTION), used)) static volatile const uint64_t has_timers = 1;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t thread_ends;
static __thread struct kp_timer_set *own_set;
static __thread volatile unsigned char holds_lock;

int kp_timers_lock(void)
{
    if (holds_lock)
        return -1;
    holds_lock = 1;
    pthread_mutex_lock(&mutex);
    return 0;
}

void kp_timers_unlock(void)
{
    pthread_mutex_unlock(&mutex);
    holds_lock = 0;
}

/* Cells.
 * ------ */

static struct kp_timers_chunk *allocate_chunk(uint64_t size)
{
    static int said;
    struct kp_chunk *chunk = kp_timers.in_file ? kp_file_add(KP_CHUNK_TIMERS, size, NULL) : NULL;
    if (chunk)
        return (struct kp_timers_chunk *)chunk;
    if (kp_timers.in_file && !said)
        kp_say("some timers will not be in the profile: disk full", kp_runtime.path);
    said |= kp_timers.in_file;
    return kp_os_allocate(size);
}

static struct kp_timer_slab *add_slab(struct kp_timer_set *set)
{
    enum { FIRST = 2 * KP_COUNTERS_PAGE, LARGEST = 1 << 20 };
    uint64_t size = set->slabs ? set->slabs->size * 2 : FIRST;
    size = size > LARGEST ? LARGEST : size;
    struct kp_timer_slab *slab = kp_timers_allocate(sizeof *slab);
    struct kp_timers_chunk *chunk = slab ? allocate_chunk(size) : NULL;
    if (!chunk)
        return NULL;
    chunk->thread = set->thread;
    chunk->cells_offset = sizeof(struct kp_timer_cell); /* keeps each cell in a cache line of its own */
    chunk->cell_count = (size - chunk->cells_offset) / sizeof(struct kp_timer_cell);
    if (chunk->chunk.size)
        kp_file_publish(&chunk->chunk);
    *slab = (struct kp_timer_slab){.next = set->slabs, .chunk = chunk, .size = size};
    set->slabs = slab;
    return slab;
}

_Static_assert(sizeof(struct kp_timers_chunk) <= sizeof(struct kp_timer_cell), "the header takes the place of a cell");

static kp_timer_block *find_block(struct kp_timer_set *set, uint32_t block)
{
    if (block < KP_TIMER_PAGE)
        return &set->near[block];
    _Atomic(kp_timer_block *) *far = &set->far[block / KP_TIMER_PAGE];
    kp_timer_block *page = atomic_load_explicit(far, memory_order_relaxed);
    if (!page) {
        page = kp_timers_allocate(KP_TIMER_PAGE * sizeof *page);
        if (!page)
            return NULL;
        atomic_store_explicit(far, page, memory_order_release);
    }
    return &page[block % KP_TIMER_PAGE];
}

static int add_block(struct kp_timer_set *set, uint32_t block)
{
    struct kp_timer_slab *slab = set->slabs;
    if (!slab || (slab->used + 1) * KP_TIMER_BLOCK > slab->chunk->cell_count)
        slab = add_slab(set);
    kp_timer_block *place = slab ? find_block(set, block) : NULL;
    if (!place)
        return -1;
    char *cells = (char *)slab->chunk + slab->chunk->cells_offset;
    atomic_store_explicit(place, (void *)(cells + slab->used++ * KP_TIMER_BLOCK * sizeof(struct kp_timer_cell)),
                          memory_order_release);
    if (block >= set->block_end)
        set->block_end = block + 1;
    return 0;
}

/* The timer's cell in the set, made if there is none. Needs the lock. */
static struct kp_timer_cell *make_cell(struct kp_timer_set *set, struct kp_timer *timer)
{
    struct kp_timer_cell *cell = kp_timer_cell(set, timer->id);
    if (!cell && add_block(set, timer->id / KP_TIMER_BLOCK) == 0)
        cell = kp_timer_cell(set, timer->id);
    if (cell && !cell->name) {
        uint64_t name = kp_timers.in_file ? kp_timer_name_offset(timer) : 0;
        KP_TIMER_SET(cell->name, name ? name : 1);
    }
    return cell;
}

static void for_each_cell(struct kp_timer_set *set,
                          void (*visit)(uint32_t id, struct kp_timer_cell *cell, uint64_t now))
{
    uint64_t now = kp_clock_ticks();
    for (uint32_t id = 0; id < set->block_end * KP_TIMER_BLOCK; id++) {
        struct kp_timer_cell *cell = kp_timer_cell(set, id);
        if (cell && cell->name)
            visit(id, cell, now);
    }
}

static void clear_sums(struct kp_timer_cell *cell)
{
    KP_TIMER_SET(cell->calls, 0);
    KP_TIMER_SET(cell->ticks, 0);
    KP_TIMER_SET(cell->longest, 0);
    KP_TIMER_SET(cell->shortest_inverted, 0);
}

/* Open regions are forgotten, too. */
static void clear(uint32_t id, struct kp_timer_cell *cell, uint64_t now)
{
    (void)id;
    (void)now;
    clear_sums(cell);
    cell->depth = 0;
    KP_TIMER_SET(cell->entered, 0);
    KP_TIMER_SET(cell->frame, 0);
}

/* Open regions go on from now. */
static void restart(uint32_t id, struct kp_timer_cell *cell, uint64_t now)
{
    (void)id;
    clear_sums(cell);
    cell->entered = now;
}

static void set_stale(struct kp_timer_set *set, uint32_t stale)
{
    atomic_store_explicit(&set->stale, stale, memory_order_release);
    for (struct kp_timer_slab *s = set->slabs; s; s = s->next)
        KP_TIMER_SET(s->chunk->stale, stale);
}

/* Regions.
 * -------- */

static void charge(struct kp_timer_cell *cell, uint64_t ticks)
{
    KP_TIMER_SET(cell->calls, cell->calls + 1);
    KP_TIMER_SET(cell->ticks, cell->ticks + ticks);
    if (ticks > cell->longest)
        KP_TIMER_SET(cell->longest, ticks);
    if (~ticks > cell->shortest_inverted)
        KP_TIMER_SET(cell->shortest_inverted, ~ticks);
}

/* Whether the open region was left by longjmp: it is entered again at the same place, or from further up the stack,
 * which grows downwards. */
static int is_abandoned(const struct kp_timer_cell *cell, const void *frame, uint32_t stack)
{
    return cell->frame && (cell->frame == (uintptr_t)frame || (int32_t)(stack - cell->stack) > 0);
}

static inline void enter(struct kp_timer_cell *cell, const void *frame, const void *stack_pointer)
{
    uint32_t stack = (uint32_t)((uintptr_t)stack_pointer / 16);
    if (__builtin_expect(cell->depth != 0, 0) && !is_abandoned(cell, frame, stack)) {
        cell->depth++;
        return;
    }
    cell->depth = 1;
    cell->frame = (uintptr_t)frame;
    cell->stack = stack;
    cell->entered = kp_clock_ticks();
}

static inline void leave(struct kp_timer_cell *cell, uint64_t now)
{
    if (__builtin_expect(cell->depth > 1, 0))
        cell->depth--;
    else if (cell->depth == 1) { /* 0: forgotten since it was entered */
        cell->depth = 0;
        charge(cell, now - cell->entered);
    }
}

static int start(void);

/* Sets of threads that ended are used again. Needs the lock. */
static struct kp_timer_set *make_set(void)
{
    struct kp_timer_set *set = atomic_load_explicit(&kp_timers.sets, memory_order_relaxed);
    while (set && set->in_use)
        set = set->next;
    if (!set) {
        set = kp_os_allocate(sizeof *set);
        if (!set)
            return NULL;
        set->next = atomic_load_explicit(&kp_timers.sets, memory_order_relaxed);
        atomic_store_explicit(&kp_timers.sets, set, memory_order_release);
    }
    set->in_use = 1;
    set->thread = kp_os_thread();
    for (struct kp_timer_slab *s = set->slabs; s; s = s->next)
        s->chunk->thread = set->thread;
    pthread_setspecific(thread_ends, set);
    own_set = set;
    return set;
}

/* Needs the lock: an inlined place may have several names. */
static void remember(struct kp_timer_site *site, const char *name, uint32_t id)
{
    if (!site || site->kp_name)
        return;
    KP_TIMER_SET(site->kp_timer, id);
    __atomic_store_n(&site->kp_name, name, __ATOMIC_RELEASE);
}

static struct kp_timer **recent(struct kp_timer_set *set, const char *name)
{
    return &set->recent[((uintptr_t)name ^ (uintptr_t)name >> 8) % KP_TIMER_RECENT];
}

/* Makes what is missing. NULL: no memory, or a signal handler interrupted this very function. */
static __attribute__((noinline, cold)) struct kp_timer_cell *prepare(struct kp_timer_site *site, const char *name)
{
    int saved = errno;
    struct kp_timer_cell *cell = NULL;
    if (kp_timers_lock() != 0)
        return NULL;
    struct kp_timer_set *set = start() != 0 ? NULL : own_set ? own_set : make_set();
    if (set && set->stale) {
        for_each_cell(set, clear);
        set_stale(set, 0);
    }
    struct kp_timer *timer = set ? kp_timer_add(name) : NULL;
    if (timer) {
        cell = make_cell(set, timer);
        *recent(set, name) = timer;
        remember(site, name, timer->id);
    }
    kp_timers_unlock();
    errno = saved;
    return cell;
}

static inline struct kp_timer_cell *if_ready(struct kp_timer_cell *cell)
{
    return cell && cell->name ? cell : NULL;
}

static int usable(const struct kp_timer_set *set)
{
    return set && !atomic_load_explicit(&set->stale, memory_order_relaxed);
}

/* By the text of the name, in the hope that it was looked up lately at the same address. NULL if there is no such
 * timer. */
static struct kp_timer *known_timer(struct kp_timer_set *set, const char *name)
{
    struct kp_timer **place = recent(set, name);
    if (*place && strcmp((*place)->name, name) == 0)
        return *place;
    struct kp_timer *timer = kp_timer_find(name);
    if (timer)
        *place = timer;
    return timer;
}

static __attribute__((noinline)) struct kp_timer_cell *cell_of(struct kp_timer_site *site, const char *name)
{
    if (!name)
        return NULL;
    struct kp_timer_set *set = own_set;
    int fresh_place = site && !__atomic_load_n(&site->kp_name, __ATOMIC_RELAXED);
    struct kp_timer *timer = usable(set) && !fresh_place ? known_timer(set, name) : NULL;
    struct kp_timer_cell *cell = timer ? if_ready(kp_timer_cell(set, timer->id)) : NULL;
    return cell ? cell : prepare(site, name);
}

/* A place's memory is for one address of a name: a function that was inlined with several names has one place for all.
 */
static inline struct kp_timer_cell *cell_at(struct kp_timer_site *site, const char *name)
{
    struct kp_timer_set *set = own_set;
    struct kp_timer_cell *cell = NULL;
    if (site && name && usable(set) && __atomic_load_n(&site->kp_name, __ATOMIC_ACQUIRE) == name)
        cell = if_ready(kp_timer_cell(set, (uint32_t)KP_TIMER_GET(site->kp_timer)));
    return __builtin_expect(cell != NULL, 1) ? cell : cell_of(site, name);
}

struct kp_region *kp_region_enter(struct kp_region *region, struct kp_timer_site *site, const char *name)
{
    struct kp_timer_cell *cell = cell_at(site, name);
    region->kp_cell = cell;
    if (cell)
        enter(cell, region, __builtin_frame_address(0));
    return region;
}

void kp_region_leave(struct kp_region *region)
{
    uint64_t now = kp_clock_ticks();
    if (region->kp_cell)
        leave(region->kp_cell, now);
}

void kp_region_begin(const char *name)
{
    struct kp_timer_cell *cell = cell_of(NULL, name);
    if (cell)
        enter(cell, NULL, NULL);
}

void kp_region_end(const char *name)
{
    uint64_t now = kp_clock_ticks();
    struct kp_timer_set *set = own_set;
    struct kp_timer *timer = name && usable(set) ? known_timer(set, name) : NULL;
    struct kp_timer_cell *cell = timer ? kp_timer_cell(set, timer->id) : NULL;
    if (cell)
        leave(cell, now);
}

/* C89: what a for statement has no variables for is a stack of the thread's open regions. A region that was left by
 * return or goto stays on it until one further out comes to its step, and is not counted.
 * -------------------------------------------------------------------------------------------------------------------
 */

struct c89_region {
    const void *frame;
    int place;
    int turn; /* 0 entered, 1 before its block, 2 the block has run or runs */
    struct kp_region region;
};

static __thread struct {
    struct c89_region *open; /* grows, and stays with the thread */
    unsigned count, room;
} c89;

/* Frames of functions that have returned are below the caller's, the stack growing downwards. */
static void drop_abandoned(const void *frame, int place)
{
    while (c89.count) {
        const struct c89_region *top = &c89.open[c89.count - 1];
        int again = top->frame == frame && top->place == place;
        if ((uintptr_t)top->frame >= (uintptr_t)frame && !again)
            return;
        c89.count--;
    }
}

int kp_region_enter_c89(const void *frame, int place, struct kp_timer_site *site, const char *name)
{
    drop_abandoned(frame, place);
    if (c89.count == c89.room) {
        unsigned room = c89.room ? 2 * c89.room : 16;
        struct c89_region *larger = kp_os_allocate(room * sizeof *larger);
        if (!larger)
            return -1;
        if (c89.open) {
            memcpy(larger, c89.open, c89.count * sizeof *larger);
            kp_os_unmap(c89.open, c89.room * sizeof *larger);
        }
        c89.open = larger;
        c89.room = room;
    }
    struct c89_region *top = &c89.open[c89.count++];
    *top = (struct c89_region){.frame = frame, .place = place};
    struct kp_timer_cell *cell = cell_at(site, name);
    top->region.kp_cell = cell;
    if (cell)
        enter(cell, (const char *)frame + place, frame);
    return 0;
}

/* outer: once true, then closes; inner: once true. */
int kp_region_step_c89(const void *frame, int place, int inner)
{
    unsigned i = c89.count;
    while (i && !(c89.open[i - 1].frame == frame && c89.open[i - 1].place == place))
        i--;
    if (i == 0)
        return 0;
    struct c89_region *region = &c89.open[i - 1];
    c89.count = i;
    if (region->turn <= inner) {
        region->turn = inner + 1;
        return 1;
    }
    if (!inner) {
        kp_region_leave(&region->region);
        c89.count--;
    }
    return 0;
}

/* Threads, forks, start and end.
 * ------------------------------ */

/* Adds a cell of a thread that ends to those of the ended. */
static void fold(uint32_t id, struct kp_timer_cell *cell, uint64_t now)
{
    struct kp_timer_cell *sum = kp_timer_cell(&kp_timers.ended, id);
    if (cell->calls && sum) {
        KP_TIMER_SET(sum->name, cell->name);
        KP_TIMER_SET(sum->calls, sum->calls + cell->calls);
        KP_TIMER_SET(sum->ticks, sum->ticks + cell->ticks);
        if (cell->longest > sum->longest)
            KP_TIMER_SET(sum->longest, cell->longest);
        if (cell->shortest_inverted > sum->shortest_inverted)
            KP_TIMER_SET(sum->shortest_inverted, cell->shortest_inverted);
        if (cell->ticks > sum->most_ticks)
            KP_TIMER_SET(sum->most_ticks, cell->ticks);
        KP_TIMER_SET(sum->thread_count, sum->thread_count + 1);
    }
    clear(id, cell, now);
}

static void make_room_for_ended(const struct kp_timer_set *set)
{
    for (uint32_t block = 0; block < set->block_end; block++)
        if (kp_timer_cell(set, block * KP_TIMER_BLOCK) && !kp_timer_cell(&kp_timers.ended, block * KP_TIMER_BLOCK))
            add_block(&kp_timers.ended, block);
}

static void end_thread(void *data)
{
    struct kp_timer_set *set = data;
    own_set = NULL;
    if (c89.open)
        kp_os_unmap(c89.open, c89.room * sizeof *c89.open);
    c89.open = NULL;
    c89.count = c89.room = 0;
    if (kp_timers_lock() != 0)
        return;
    make_room_for_ended(set);
    for_each_cell(set, set->stale ? clear : fold);
    set_stale(set, 0);
    set->in_use = 0;
    kp_timers_unlock();
}

/* Whether fork took the lock; not in a signal handler that interrupted its owner. */
static __thread unsigned char forking;

static void before_fork(void)
{
    forking = kp_timers_lock() == 0;
}

static void after_fork(void)
{
    if (forking)
        kp_timers_unlock();
}

/* The child starts with no timers. Its own open regions still have the addresses of their cells: there will be zeros.
 */
static void forget_set(struct kp_timer_set *set, int keep_memory)
{
    for (struct kp_timer_slab *s = set->slabs; s; s = s->next) {
        if (keep_memory)
            kp_os_detach(s->chunk, s->size);
        else
            kp_os_unmap(s->chunk, s->size);
    }
}

static void after_fork_in_child(void)
{
    struct kp_timer_set *next;
    for (struct kp_timer_set *set = atomic_load(&kp_timers.sets); set; set = next) {
        next = set->next;
        forget_set(set, set == own_set);
        kp_os_unmap(set, sizeof *set);
    }
    atomic_store(&kp_timers.sets, NULL);
    forget_set(&kp_timers.ended, 0);
    memset(&kp_timers.ended, 0, sizeof kp_timers.ended);
    own_set = NULL;
    pthread_setspecific(thread_ends, NULL);
    kp_timer_names_forget();
    kp_timers.epoch++;
    atomic_store(&kp_timers.since_ticks, kp_clock_ticks());
    /* Unless the counters of this module have seen to it already. */
    if (kp_timers.in_file && kp_runtime.header && kp_runtime.header->pid != kp_os_pid() && kp_file_reopen() != 0)
        kp_runtime.header = NULL;
    kp_timers.in_file = kp_timers.in_file && kp_runtime.header;
    after_fork();
}

/* Once, under the lock. 0, or -1 if the system lacks something. */
static int start(void)
{
    if (kp_timers.started)
        return kp_timers.started > 0 ? 0 : -1;
    kp_timers.started = -1;
    kp_timers.start_ns = kp_os_monotonic_ns();
    kp_timers.start_ticks = kp_clock_ticks();
    atomic_store(&kp_timers.since_ticks, kp_timers.start_ticks);
    if (pthread_key_create(&thread_ends, end_thread) != 0)
        return -1;
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
    const char *directory = secure_getenv(KP_ENV_DIRECTORY);
    if (has_timers && directory && *directory)
        kp_timers.in_file = kp_runtime.header || kp_file_open(directory, kp_timing_mode()) == 0;
    kp_timers.started = 1;
    return 0;
}

/* After the runtime's own (runtime/init.c), as is the destructor before its. */
__attribute__((constructor(102))) static void init(void)
{
    int saved = errno;
    if (kp_timers_lock() == 0) {
        start();
        kp_timers_unlock();
    }
    errno = saved;
}

static void close_open(uint32_t id, struct kp_timer_cell *cell, uint64_t now)
{
    (void)id;
    if (cell->depth)
        charge(cell, now - cell->entered);
    cell->depth = 0;
}

static void mark_clean(struct kp_counters_header *header)
{
    header->mono_end_ns = kp_os_monotonic_ns();
    header->ticks_end = kp_clock_ticks();
    header->clean = 1;
}

__attribute__((destructor(102))) static void finish(void)
{
    int saved = errno;
    if (own_set && !own_set->stale)
        for_each_cell(own_set, close_open);
    kp_timers_print_at_exit();
    if (kp_timers.started > 0)
        pthread_key_delete(thread_ends);
    struct kp_counters_header *header = kp_runtime.header;
    if (kp_timers.in_file && !kp_state && header && header->pid == kp_os_pid())
        mark_clean(header);
    errno = saved;
}

void kp_reset_timers(void)
{
    if (kp_timers_lock() != 0)
        return;
    for (struct kp_timer_set *set = atomic_load(&kp_timers.sets); set; set = set->next) {
        if (set != own_set)
            set_stale(set, set->in_use);
        else
            for_each_cell(set, restart);
    }
    if (own_set && own_set->stale) {
        for_each_cell(own_set, clear);
        set_stale(own_set, 0);
    }
    for_each_cell(&kp_timers.ended, clear);
    atomic_store(&kp_timers.since_ticks, kp_clock_ticks());
    kp_timers_unlock();
}
