/* What timers say: kp_timing, kp_summary, and the table at exit. */
#include "runtime/timers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/clock.h"
#include "include/kernprof.h"
#include "runtime/os.h"

/* A timer over all threads. */
struct sum {
    const char *name;
    uint64_t calls, ticks;
    uint64_t threads, most_ticks;
};

/* The length of a tick, from the start until now; the start was long enough ago, or is waited for. */
static double tick_s(void)
{
    enum { LONG_ENOUGH_NS = 1000000 };
    uint64_t ns, ticks;
    do {
        ns = kp_os_monotonic_ns() - kp_timers.start_ns;
        ticks = kp_clock_ticks() - kp_timers.start_ticks;
    } while (ns < LONG_ENOUGH_NS);
    return (double)ns * 1e-9 / (double)ticks;
}

static struct sum sum_of(const struct kp_timer *timer)
{
    struct sum sum = {.name = timer->name};
    struct kp_timer_set *set = atomic_load_explicit(&kp_timers.sets, memory_order_acquire);
    for (; set; set = set->next) {
        const struct kp_timer_cell *cell = kp_timer_cell(set, timer->id);
        uint64_t calls = cell && !atomic_load(&set->stale) ? KP_TIMER_GET(cell->calls) : 0;
        if (!calls)
            continue;
        uint64_t ticks = KP_TIMER_GET(cell->ticks);
        sum.calls += calls;
        sum.ticks += ticks;
        sum.threads++;
        sum.most_ticks = ticks > sum.most_ticks ? ticks : sum.most_ticks;
    }
    const struct kp_timer_cell *ended = kp_timer_cell(&kp_timers.ended, timer->id);
    if (ended) {
        uint64_t most = KP_TIMER_GET(ended->most_ticks);
        sum.calls += KP_TIMER_GET(ended->calls);
        sum.ticks += KP_TIMER_GET(ended->ticks);
        sum.threads += KP_TIMER_GET(ended->thread_count);
        sum.most_ticks = most > sum.most_ticks ? most : sum.most_ticks;
    }
    return sum;
}

double kp_timing(const char *name, enum kp_timing_value value)
{
    const struct kp_timer *timer = name ? kp_timer_find(name) : NULL;
    struct sum sum = {0};
    if (timer && kp_timers_lock() == 0) { /* so that no thread ends meanwhile */
        sum = sum_of(timer);
        kp_timers_unlock();
    }
    if (!sum.calls)
        return __builtin_nan("");
    return (double)sum.ticks * tick_s() / (value == KP_AVERAGE ? (double)sum.calls : 1);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct sum *)a)->name, ((const struct sum *)b)->name);
}

/* All timers that have calls, by name; to be freed. */
static struct sum *collect(size_t *count)
{
    *count = 0;
    if (kp_timers_lock() != 0)
        return NULL;
    const struct kp_timer *newest = kp_timer_newest();
    struct sum *sums = newest ? malloc(((size_t)newest->id + 1) * sizeof *sums) : NULL;
    for (const struct kp_timer *t = newest; sums && t; t = t->next) {
        sums[*count] = sum_of(t);
        *count += sums[*count].calls > 0;
    }
    kp_timers_unlock();
    if (sums)
        qsort(sums, *count, sizeof *sums, by_name);
    return sums;
}

/* Columns that a name takes: UTF-8 characters. */
static int width_of(const char *name)
{
    int width = 0;
    for (; *name; name++)
        width += (*name & 0xc0) != 0x80;
    return width;
}

static void print_table(FILE *out, const struct sum *sums, size_t count)
{
    double tick = tick_s();
    double elapsed = (double)(kp_clock_ticks() - atomic_load(&kp_timers.since_ticks)) * tick;
    int width = 5, threads = 0;
    for (size_t i = 0; i < count; i++) {
        int name = width_of(sums[i].name);
        width = name > width ? name : width;
        threads |= sums[i].threads > 1;
    }
    fprintf(out, "%*s | %10s | %12s | %12s | %7s", width, "Timer", "Calls", "Total time", "Average time", "Percent");
    fputs(threads ? " | Threads | Longest thread\n" : "\n", out);
    for (size_t i = 0; i < count; i++) {
        const struct sum *s = &sums[i];
        double total = (double)s->ticks * tick;
        fprintf(out, "%*s%s | %10llu | %12g | %12g | %7.1f", width - width_of(s->name), "", s->name,
                (unsigned long long)s->calls, total, total / (double)s->calls, 100 * total / elapsed);
        if (threads)
            fprintf(out, " | %7llu | %14g", (unsigned long long)s->threads, (double)s->most_ticks * tick);
        fputc('\n', out);
    }
}

void kp_summary(FILE *out)
{
    int saved = errno;
    size_t count;
    struct sum *sums = collect(&count);
    if (count)
        print_table(out, sums, count);
    free(sums);
    errno = saved;
}

void kp_timers_print_at_exit(void)
{
    const char *wanted = secure_getenv("KERNPROF_PRINT_SUMMARY");
    if (!wanted || !*wanted || strcmp(wanted, "0") == 0)
        return;
    size_t count;
    struct sum *sums = collect(&count);
    if (count) {
        fputs("**** kernprof timings summary ****\n", stderr);
        print_table(stderr, sums, count);
    }
    free(sums);
}
