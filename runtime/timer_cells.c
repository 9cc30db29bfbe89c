/* The cells of timers: their memory, and what is done to all cells of a set (see timers.h). */
#include "runtime/timers.h"

#include "format/clock.h"
#include "runtime/os.h"
#include "runtime/runtime.h"

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

struct kp_timer_cell *kp_timer_cell_make(struct kp_timer_set *set, struct kp_timer *timer)
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

/* Open regions continue from now. */
static void restart(uint32_t id, struct kp_timer_cell *cell, uint64_t now)
{
    (void)id;
    clear_sums(cell);
    cell->entered = now;
}

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

static void close_open(uint32_t id, struct kp_timer_cell *cell, uint64_t now)
{
    (void)id;
    if (cell->depth)
        kp_timer_charge(cell, now - cell->entered);
    cell->depth = 0;
}

void kp_timer_set_stale(struct kp_timer_set *set, uint32_t stale)
{
    atomic_store_explicit(&set->stale, stale, memory_order_release);
    for (struct kp_timer_slab *s = set->slabs; s; s = s->next)
        KP_TIMER_SET(s->chunk->stale, stale);
}

void kp_timer_set_clear(struct kp_timer_set *set)
{
    for_each_cell(set, clear);
    kp_timer_set_stale(set, 0);
}

void kp_timer_set_restart(struct kp_timer_set *set)
{
    for_each_cell(set, restart);
}

void kp_timer_set_close(struct kp_timer_set *set)
{
    for_each_cell(set, close_open);
}

void kp_timer_set_fold(struct kp_timer_set *set)
{
    make_room_for_ended(set);
    for_each_cell(set, set->stale ? clear : fold);
    kp_timer_set_stale(set, 0);
}
