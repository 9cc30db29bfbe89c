/* Timers: regions on the running thread (see include/kernprof.h for what they mean, timers.h for how they are kept).
 *
 * This file and the others of timers (timers.h) come into a program only if the program uses timers. */
#include "runtime/timers.h"

#include <errno.h>
#include <string.h>

#include "format/clock.h"
#include "include/kernprof.h"
#include "runtime/os.h"

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
        kp_timer_charge(cell, now - cell->entered);
    }
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
    struct kp_timer_set *set = kp_timer_set_own();
    struct kp_timer *timer = set ? kp_timer_add(name) : NULL;
    if (timer) {
        cell = kp_timer_cell_make(set, timer);
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
    struct kp_timer_set *set = kp_timer_own_set;
    int fresh_place = site && !__atomic_load_n(&site->kp_name, __ATOMIC_RELAXED);
    struct kp_timer *timer = usable(set) && !fresh_place ? known_timer(set, name) : NULL;
    struct kp_timer_cell *cell = timer ? if_ready(kp_timer_cell(set, timer->id)) : NULL;
    return cell ? cell : prepare(site, name);
}

/* A place's memory is for one address of a name: a function that was inlined with several names has one place for all.
 */
static inline struct kp_timer_cell *cell_at(struct kp_timer_site *site, const char *name)
{
    struct kp_timer_set *set = kp_timer_own_set;
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
    struct kp_timer_set *set = kp_timer_own_set;
    struct kp_timer *timer = name && usable(set) ? known_timer(set, name) : NULL;
    struct kp_timer_cell *cell = timer ? kp_timer_cell(set, timer->id) : NULL;
    if (cell)
        leave(cell, now);
}

int kp_region_enter_c89(const void *frame, int place, struct kp_timer_site *site, const char *name)
{
    struct kp_region *region = kp_timer_c89_push(frame, place);
    if (!region)
        return -1;
    struct kp_timer_cell *cell = cell_at(site, name);
    region->kp_cell = cell;
    if (cell)
        enter(cell, (const char *)frame + place, frame);
    return 0;
}

/* outer: once true, then closes; inner: once true. */
int kp_region_step_c89(const void *frame, int place, int inner)
{
    struct kp_region *ended = NULL;
    int is_inside = kp_timer_c89_step(frame, place, inner, &ended);
    if (ended)
        kp_region_leave(ended);
    return is_inside;
}
