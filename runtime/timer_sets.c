/* The sets of cells: threads, forks, start and end of the program (see timers.h). */
#include "runtime/timers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "format/clock.h"
#include "include/kernprof.h"
#include "runtime/os.h"
#include "runtime/runtime.h"

/* By which kernprof knows a program that has timers; the constructor refers to it. */
__attribute__((section(KP_TIMER_SECTION), used)) static volatile const uint64_t has_timers = 1;

static pthread_key_t thread_ends;

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
    kp_timer_own_set = set;
    return set;
}

static void end_thread(void *data)
{
    struct kp_timer_set *set = data;
    kp_timer_own_set = NULL;
    kp_timer_c89_free();
    if (kp_timers_lock() != 0)
        return;
    kp_timer_set_fold(set);
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
        forget_set(set, set == kp_timer_own_set);
        kp_os_unmap(set, sizeof *set);
    }
    atomic_store(&kp_timers.sets, NULL);
    forget_set(&kp_timers.ended, 0);
    memset(&kp_timers.ended, 0, sizeof kp_timers.ended);
    kp_timer_own_set = NULL;
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

struct kp_timer_set *kp_timer_set_own(void)
{
    if (start() != 0)
        return NULL;
    struct kp_timer_set *set = kp_timer_own_set ? kp_timer_own_set : make_set();
    if (set && set->stale)
        kp_timer_set_clear(set);
    return set;
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

static void mark_clean(struct kp_counters_header *header)
{
    header->mono_end_ns = kp_os_monotonic_ns();
    header->ticks_end = kp_clock_ticks();
    header->clean = 1;
}

__attribute__((destructor(102))) static void finish(void)
{
    int saved = errno;
    if (kp_timer_own_set && !kp_timer_own_set->stale)
        kp_timer_set_close(kp_timer_own_set);
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
        if (set != kp_timer_own_set)
            kp_timer_set_stale(set, set->in_use);
        else
            kp_timer_set_restart(set);
    }
    if (kp_timer_own_set && kp_timer_own_set->stale)
        kp_timer_set_clear(kp_timer_own_set);
    kp_timer_set_clear(&kp_timers.ended);
    atomic_store(&kp_timers.since_ticks, kp_clock_ticks());
    kp_timers_unlock();
}
