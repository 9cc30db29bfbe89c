/* Timers: what the files that make them up share: timer_regions.c, timer_c89.c, timer_sets.c, timer_cells.c,
 * timer_names.c, timer_report.c and timer_state.c.
 *
 * A timer is a name with a number. Each thread has a set of cells, found by the timer's number; one more set takes what
 * threads that ended have measured. A cell is written by its thread alone. Everything that has to be made (names, sets,
 * cells) is made under one lock, which the timing itself never takes. Under kernprof cells and names lie in the counter
 * file, otherwise in memory of the process's own. Nothing is ever moved or freed, but for sets in the child of a fork.
 */
#ifndef KP_RUNTIME_TIMERS_H
#define KP_RUNTIME_TIMERS_H

#include <stdatomic.h>
#include <stdint.h>

#include "format/counters.h"

enum {
    KP_TIMER_BLOCK = 16, /* cells that are made together */
    KP_TIMER_PAGE = 512, /* blocks that one page of the directory leads to */
    KP_TIMER_PAGES = 512,
    KP_TIMER_RECENT = 64,
    KP_TIMER_MAX = KP_TIMER_BLOCK * KP_TIMER_PAGE * KP_TIMER_PAGES /* names beyond are one timer */
};

struct kp_timer {
    struct kp_timer *next; /* made before this one */
    uint64_t hash;
    uint64_t name_offset; /* in the counter file of `epoch` */
    uint32_t epoch;
    uint32_t id;
    uint32_t length;
    char name[];
};

typedef _Atomic(struct kp_timer_cell *) kp_timer_block;

/* Memory for blocks of cells: a chunk of the counter file, or laid out like one. */
struct kp_timer_slab {
    struct kp_timer_slab *next;
    struct kp_timers_chunk *chunk;
    uint64_t size;
    uint64_t used; /* blocks */
};

struct kp_timer_set {
    _Atomic uint32_t stale; /* kp_reset_timers was called: what is here does not count */
    uint32_t in_use;
    uint32_t thread;
    uint32_t block_end; /* after the last block */
    struct kp_timer_set *next;
    struct kp_timer_slab *slabs;
    struct kp_timer *recent[KP_TIMER_RECENT]; /* names made at run time, by their address */
    kp_timer_block near[KP_TIMER_PAGE];       /* what most programs need */
    _Atomic(kp_timer_block *) far[KP_TIMER_PAGES];
};

struct kp_timers {
    _Atomic(struct kp_timer_set *) sets; /* of threads; only grows */
    struct kp_timer_set ended;
    uint64_t start_ticks, start_ns; /* two readings, for the length of a tick */
    _Atomic uint64_t since_ticks;   /* start or last reset */
    uint32_t epoch;                 /* of the counter file: counts forks */
    int started;
    int in_file; /* under kernprof */
};

extern struct kp_timers kp_timers;

/* The running thread's set; NULL: it has none yet. Hidden, so that it is reached as a static variable is. */
extern __thread struct kp_timer_set *kp_timer_own_set __attribute__((visibility("hidden")));

/* All that follows is called with the lock held, which is not taken within itself: 0, or -1 in a signal handler that
 * interrupted its owner. */
int kp_timers_lock(void);
void kp_timers_unlock(void);

/* Memory that stays, zeroed; NULL if there is none. */
void *kp_timers_allocate(uint64_t size);

struct kp_timer *kp_timer_add(const char *name);

/* The running thread's set, made if there is none, and cleared after a reset. NULL: no memory, or the system lacks
 * something. */
struct kp_timer_set *kp_timer_set_own(void);

/* The timer's cell in the set, made if there is none. NULL: no memory. */
struct kp_timer_cell *kp_timer_cell_make(struct kp_timer_set *set, struct kp_timer *timer);

/* Marks the set's cells as reset (1), or as valid again (0). */
void kp_timer_set_stale(struct kp_timer_set *set, uint32_t stale);

/* Empties a set, and makes it valid. Open regions are forgotten, too. */
void kp_timer_set_clear(struct kp_timer_set *set);

/* Empties the running thread's set. Open regions continue from now. */
void kp_timer_set_restart(struct kp_timer_set *set);

/* Adds a set to that of ended threads, and clears it. */
void kp_timer_set_fold(struct kp_timer_set *set);

/* Where the name stands in the counter file; written there if it is not yet. 0 on failure. */
uint64_t kp_timer_name_offset(struct kp_timer *timer);

/* In the child of a fork: the names are in the parent's file alone. */
void kp_timer_names_forget(void);

/* Without the lock, from any thread: the timer of that name, NULL if there is none; the newest timer. */
struct kp_timer *kp_timer_find(const char *name);
struct kp_timer *kp_timer_newest(void);

/* Without the lock. The cell; NULL if it was never made. */
static inline struct kp_timer_cell *kp_timer_cell(const struct kp_timer_set *set, uint32_t id)
{
    uint32_t block = id / KP_TIMER_BLOCK;
    const kp_timer_block *page = set->near;
    if (__builtin_expect(block >= KP_TIMER_PAGE, 0)) {
        page = atomic_load_explicit(&set->far[block / KP_TIMER_PAGE], memory_order_acquire);
        if (!page)
            return 0;
        block %= KP_TIMER_PAGE;
    }
    struct kp_timer_cell *cells = atomic_load_explicit(&page[block], memory_order_acquire);
    return cells ? &cells[id % KP_TIMER_BLOCK] : 0;
}

/* Fields of cells, which other threads read while their own writes. */
#define KP_TIMER_GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define KP_TIMER_SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)

/* A region of the running thread has ended. Without the lock. */
static inline void kp_timer_charge(struct kp_timer_cell *cell, uint64_t ticks)
{
    KP_TIMER_SET(cell->calls, cell->calls + 1);
    KP_TIMER_SET(cell->ticks, cell->ticks + ticks);
    if (ticks > cell->longest)
        KP_TIMER_SET(cell->longest, ticks);
    if (~ticks > cell->shortest_inverted)
        KP_TIMER_SET(cell->shortest_inverted, ~ticks);
}

/* Ends the running thread's open regions now. Without the lock. */
void kp_timer_set_close(struct kp_timer_set *set);

/* Regions in C89 (timer_c89.c), without the lock. Opens one at a place of a function's frame; NULL: no memory. Valid
 * until the next one is opened. */
struct kp_region;
struct kp_region *kp_timer_c89_push(const void *frame, int place);

/* The step of a for statement: whether it continues. `ended`: the region that this ends, to be left; untouched if none.
 */
int kp_timer_c89_step(const void *frame, int place, int inner, struct kp_region **ended);

/* The thread ends. */
void kp_timer_c89_free(void);

/* Prints the table if KERNPROF_PRINT_SUMMARY asks for it. */
void kp_timers_print_at_exit(void);

#endif
