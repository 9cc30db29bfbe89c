/* Mode exact: time by a timestamp at every change of line.
 *
 * All time is virtual: the counter's ticks less the thread's debt, which is what taking timestamps has cost it so far.
 * So measuring takes no time, in callers of profiled functions as little as in these. A single difference may come out
 * a few ticks below zero; it is added as it is, so that sums stay right.
 *
 * The sum of a function's lines is its total by construction: every tick between enter and leave goes to one line. */
#include "runtime/runtime.h"

#include "format/clock.h"

/* In the frame of the profiled function; the plugin reserves its words (plugin/timestamps.cpp). */
struct kp_activation {
    struct kp_segment *segment; /* NULL: this thread is not counted */
    uint64_t *words;
    uint64_t *line; /* the running line's words */
    int64_t entered;
    int64_t line_began;
    int64_t callees_at_entry;
    int64_t callees_at_line;
    uint64_t outermost; /* no other activation of this function on the thread */
};

_Static_assert(sizeof(struct kp_activation) == 8 * sizeof(uint64_t), "as the plugin reserves it");

static struct {
    int64_t enter_x256, line_x256, leave_x256;
} cost;

/* Of each loop without calls so many passes have timestamps. Under memprof all: they say which line runs. */
uint64_t kp_exact_passes = 1000;

/* Waits for the work before it. A timestamp waits at both of its ends: so a line is charged with its own latency and
 * not with its neighbour's, and the cost of timestamps adds up with the program's work instead of hiding it, on which
 * the calibration rests. */
static inline void wait_for_work(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_lfence();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static inline int64_t virtual_now(const struct kp_segment *segment)
{
    wait_for_work();
    return (int64_t)kp_clock_ticks() - (segment->debt_x256 >> 8);
}

_Static_assert((int)KP_LOOP_TICKS == (int)KP_LINE_TICKS && (int)KP_LOOP_SELF_TICKS == (int)KP_LINE_SELF_TICKS,
               "charged alike");

/* Adds what has passed since the line or stretch began; returns it. */
static inline int64_t charge(const struct kp_activation *a, uint64_t *words, int64_t now)
{
    int64_t elapsed = now - a->line_began;
    words[KP_LINE_SELF_TICKS] += (uint64_t)(elapsed - (a->segment->in_callees - a->callees_at_line));
    if (a->outermost)
        words[KP_LINE_TICKS] += (uint64_t)elapsed;
    return elapsed;
}

static inline void charge_line(struct kp_activation *a, int64_t now)
{
    uint64_t *line = a->line;
    int64_t elapsed = charge(a, line, now);
    if (!a->outermost)
        return;
    uint64_t length = elapsed > 0 ? (uint64_t)elapsed : 0;
    if (length > line[KP_LINE_LONGEST])
        line[KP_LINE_LONGEST] = length;
    if (~length > line[KP_LINE_SHORTEST_INVERTED])
        line[KP_LINE_SHORTEST_INVERTED] = ~length;
}

/* A function is in its outermost activation unless a frame further up the stack is. Stacks grow downwards, so a frame
 * recorded below ours belongs to an activation that was left by longjmp. */
__attribute__((noinline)) void kp_exact_enter(struct kp_activation *a, uint64_t *words)
{
    if (kp_memory_awake) {
        kp_memory_enter(a, words);
        return;
    }
    struct kp_segment *segment = kp_thread_segment;
    a->segment = segment;
    if (!segment)
        return;
    a->words = words;
    a->line = NULL;
    words[KP_TIMED_CALLS]++;
    a->outermost = words[KP_OUTERMOST_FRAME] == 0 || words[KP_OUTERMOST_FRAME] <= (uintptr_t)a;
    if (a->outermost)
        words[KP_OUTERMOST_FRAME] = (uintptr_t)a;
    a->callees_at_entry = segment->in_callees;
    a->callees_at_line = segment->in_callees;
    a->entered = virtual_now(segment);
    a->line_began = a->entered;
    segment->debt_x256 += cost.enter_x256;
    wait_for_work();
}

__attribute__((noinline)) void kp_exact_line(struct kp_activation *a, uint64_t *line_words)
{
    if (kp_memory_awake) {
        kp_memory_line(a, line_words);
        return;
    }
    struct kp_segment *segment = a->segment;
    if (!segment)
        return;
    int64_t now = virtual_now(segment);
    if (a->line) {
        charge_line(a, now);
        a->line_began = now;
    }
    a->line = line_words;
    a->callees_at_line = segment->in_callees;
    segment->debt_x256 += cost.line_x256;
    wait_for_work();
}

__attribute__((noinline)) void kp_exact_leave(struct kp_activation *a)
{
    if (kp_memory_awake) {
        kp_memory_leave(a);
        return;
    }
    struct kp_segment *segment = a->segment;
    if (!segment)
        return;
    int64_t now = virtual_now(segment);
    if (a->line)
        charge_line(a, now);
    int64_t total = now - a->entered;
    a->words[KP_SELF_TICKS] += (uint64_t)(total - (segment->in_callees - a->callees_at_entry));
    if (a->outermost) {
        a->words[KP_TOTAL_TICKS] += (uint64_t)total;
        a->words[KP_OUTERMOST_FRAME] = 0;
    }
    segment->in_callees = a->callees_at_entry + total;
    segment->debt_x256 += cost.leave_x256;
    wait_for_work();
}

/* What comes now is charged to `line`; NULL: to nobody yet. */
static inline void go_on(struct kp_activation *a, uint64_t *line, int64_t now)
{
    a->line = line;
    a->line_began = now;
    a->callees_at_line = a->segment->in_callees;
    a->segment->debt_x256 += cost.line_x256;
    wait_for_work();
}

/* A loop of short lines goes on without timestamps, for they take less than one of them: what they would tell is their
 * own cost. Its time as a whole is shared out among its lines by kernprof. */
__attribute__((noinline)) void kp_exact_untimed(struct kp_activation *a)
{
    if (kp_memory_awake || !a->segment)
        return;
    int64_t now = virtual_now(a->segment);
    if (a->line)
        charge_line(a, now);
    go_on(a, NULL, now);
}

__attribute__((noinline)) void kp_exact_timed(struct kp_activation *a, uint64_t *loop_words, uint64_t *line_words)
{
    if (kp_memory_awake || !a->segment)
        return;
    int64_t now = virtual_now(a->segment);
    charge(a, loop_words, now);
    go_on(a, line_words, now);
}

/* Ticks of a batch of activations with the given number of lines each, the fastest of several. */
static uint64_t time_batch(unsigned activations, unsigned lines)
{
    uint64_t words[KP_ACTIVATION_WORDS + 2 * KP_LINE_WORDS] = {0};
    uint64_t fastest = UINT64_MAX;
    for (int round = 0; round < 9; round++) {
        uint64_t start = kp_clock_ticks();
        for (unsigned i = 0; i < activations; i++) {
            struct kp_activation a;
            kp_exact_enter(&a, words);
            for (unsigned j = 0; j < lines; j++)
                kp_exact_line(&a, words + KP_ACTIVATION_WORDS + KP_LINE_WORDS * (j & 1));
            kp_exact_leave(&a);
        }
        uint64_t ticks = kp_clock_ticks() - start;
        if (ticks < fastest)
            fastest = ticks;
    }
    return fastest;
}

void kp_exact_calibrate(void)
{
    struct kp_counters_header *header = kp_runtime.header;
    if (header->probe_ticks_x256) { /* another module of the process has done it */
        cost.line_x256 = (int64_t)header->probe_ticks_x256;
        cost.enter_x256 = cost.leave_x256 = (int64_t)header->enter_ticks_x256;
        return;
    }
    if (!kp_thread_segment)
        return;
    enum { BATCH = 2000 };
    int64_t lines = (int64_t)(time_batch(1, BATCH) * 256 / BATCH);
    int64_t pair = (int64_t)(time_batch(BATCH, 1) * 256 / BATCH) - lines;
    cost.line_x256 = lines;
    cost.enter_x256 = pair > 0 ? pair / 2 : 0;
    cost.leave_x256 = cost.enter_x256;
    kp_thread_segment->debt_x256 = 0;
    kp_thread_segment->in_callees = 0;
    header->enter_ticks_x256 = (uint64_t)cost.enter_x256;
    header->probe_ticks_x256 = (uint64_t)lines;
}
