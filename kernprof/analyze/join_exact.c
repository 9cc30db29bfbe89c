/* Mode exact: what timestamps left out (see joined.h). Loops go on without them (plugin/untimed_loops.h): their time is
 * known as a whole and is shared out among their lines. Short functions that such loops call have no timestamps there:
 * as in mode adaptive, their time is that of the samples, scaled to what the loops took. */
#include "kernprof/analyze/joined.h"

#include <math.h>
#include <stdlib.h>

/* What tells how a loop's time is shared out, in this order: samples of its lines and of what they call; where there
 * are none, what its timed passes took; where that is nothing, hits. */
enum source { SAMPLES, TIMED_PASSES, HITS, SOURCES };

/* Parts of a loop's time: the line's own, and with what it calls. */
struct part {
    double own, whole;
};

static uint64_t *lines_of(const struct kp_joined_module *m, unsigned function)
{
    return kp_joined_words(m, function) + kp_module_function(m->index, function)->record->counter_count +
           KP_ACTIVATION_WORDS;
}

static double sampled_ns(const struct kp_joined_module *m, unsigned function)
{
    double sum = 0;
    for (uint32_t i = 0; i < kp_module_function(m->index, function)->record->line_count; i++)
        sum += kp_times_line(m->times, function, i)->time_ns;
    return sum;
}

/* Calls in a loop that were not inlined. */
struct called {
    unsigned loop;     /* from 1 */
    double sampled_ns; /* of these calls, by samples of the callee */
    struct kp_solved_function *to;
};

/* Time of a function's calls that were not inlined, by samples of the callees: added to `parts`, by line. Lists those
 * in loops in `called`, of which there are at most as many as the module has arcs. Returns their number. */
static unsigned add_callees(const struct kp_join *join, unsigned module, unsigned function, struct part *parts,
                            struct called *called)
{
    unsigned count, calls = 0;
    const struct kp_joined_module *m = &join->modules[module];
    const struct kp_map_view *view = kp_module_function(m->index, function);
    const struct kp_arc *arcs = kp_times_arcs(m->times, &count);
    for (unsigned i = 0; i < count; i++) {
        if (arcs[i].function != function || arcs[i].time_ns > 0)
            continue; /* of an inlined call the line's samples tell */
        const struct kp_function_name *callee =
            kp_function_names_find(&join->names, arcs[i].callee, module, kp_module_file(m->index, function));
        const struct kp_joined_module *of = callee ? &join->modules[callee->module] : NULL;
        if (!of || !of->solved[callee->function].calls)
            continue;
        struct kp_solved_function *to = &of->solved[callee->function];
        double ns = sampled_ns(of, callee->function) / (double)to->calls * (double)arcs[i].calls;
        parts[arcs[i].line].whole += ns;
        if (view->lines[arcs[i].line].loop)
            called[calls++] = (struct called){view->lines[arcs[i].line].loop, ns, to};
    }
    return calls;
}

static struct part part_of(const struct kp_joined_module *m, unsigned function, uint32_t line, enum source source)
{
    const struct kp_line_time *sampled = kp_times_line(m->times, function, line);
    int64_t ticks = (int64_t)lines_of(m, function)[(size_t)KP_LINE_WORDS * line + KP_LINE_SELF_TICKS];
    double part = source == TIMED_PASSES ? (double)(ticks > 0 ? ticks : 0) : (double)m->solved[function].hits[line];
    return source == SAMPLES ? (struct part){sampled->self_ns, sampled->time_ns} : (struct part){part, part};
}

/* A function whose loops' times are to be shared out. */
struct looping {
    const struct kp_map_view *view;
    uint64_t *lines, *loops; /* their words */
    struct part *parts;      /* by line */
    struct sum {
        struct part part;
        double timed_ns; /* of its passes with timestamps */
        int shared;
    } * sums; /* by loop */
    struct called *called;
};

static void find_sums(const struct looping *f)
{
    for (uint32_t loop = 0; loop < f->view->record->loop_count; loop++)
        f->sums[loop].part = (struct part){0, 0};
    for (uint32_t i = 0; i < f->view->record->line_count; i++)
        if (f->view->lines[i].loop) {
            struct part *sum = &f->sums[f->view->lines[i].loop - 1].part;
            sum->own += f->parts[i].own;
            sum->whole += f->parts[i].whole;
        }
}

/* Before anything is shared out. */
static void find_timed(const struct looping *f)
{
    for (uint32_t i = 0; i < f->view->record->line_count; i++)
        if (f->view->lines[i].loop)
            f->sums[f->view->lines[i].loop - 1].timed_ns +=
                (double)(int64_t)f->lines[(size_t)KP_LINE_WORDS * i + KP_LINE_TICKS];
}

/* Shares out the time of the loops that `parts` say something of, and that no earlier source did. */
static void share(const struct looping *f)
{
    find_sums(f);
    for (uint32_t i = 0; i < f->view->record->line_count; i++) {
        uint32_t loop = f->view->lines[i].loop;
        if (!loop || f->sums[loop - 1].shared || !(f->sums[loop - 1].part.whole > 0))
            continue;
        const uint64_t *words = f->loops + (size_t)KP_LOOP_WORDS * (loop - 1);
        uint64_t *line = f->lines + (size_t)KP_LINE_WORDS * i;
        double whole = f->sums[loop - 1].part.whole;
        line[KP_LINE_TICKS] += (uint64_t)(int64_t)((double)(int64_t)words[KP_LOOP_TICKS] * (f->parts[i].whole / whole));
        line[KP_LINE_SELF_TICKS] +=
            (uint64_t)(int64_t)((double)(int64_t)words[KP_LOOP_SELF_TICKS] * (f->parts[i].own / whole));
    }
    uint64_t *activation = f->lines - KP_ACTIVATION_WORDS;
    for (uint32_t loop = 0; loop < f->view->record->loop_count; loop++) {
        struct sum *sum = &f->sums[loop];
        if (sum->shared || !(sum->part.whole > 0))
            continue;
        double self_ticks = (double)(int64_t)f->loops[(size_t)KP_LOOP_WORDS * loop + KP_LOOP_SELF_TICKS];
        activation[KP_SELF_TICKS] -= (uint64_t)(int64_t)(self_ticks * (1 - sum->part.own / sum->part.whole));
        sum->shared = 1;
    }
}

/* What was called in loops took its part of their time, whatever the samples add up to. */
static void correct_callees(const struct looping *f, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        const struct called *called = &f->called[i];
        double self_ns = (double)(int64_t)f->loops[(size_t)KP_LOOP_WORDS * (called->loop - 1) + KP_LOOP_SELF_TICKS];
        double whole = f->sums[called->loop - 1].part.whole;
        if (whole > 0 && self_ns > 0)
            called->to->loops_ns +=
                ((self_ns + fmax(f->sums[called->loop - 1].timed_ns, 0)) / whole - 1) * called->sampled_ns;
    }
}

static int has_untimed_loops(const struct looping *f)
{
    for (uint32_t loop = 0; loop < f->view->record->loop_count; loop++)
        if (f->loops[(size_t)KP_LOOP_WORDS * loop + KP_LOOP_SELF_TICKS])
            return 1;
    return 0;
}

/* 0, or -1 out of memory. */
static int share_loops(const struct kp_join *join, unsigned module, unsigned number)
{
    const struct kp_joined_module *m = &join->modules[module];
    struct looping f = {.view = kp_module_function(m->index, number), .lines = lines_of(m, number)};
    const struct kp_map_record *record = f.view->record;
    f.loops = f.lines + (size_t)KP_LINE_WORDS * record->line_count;
    if (!has_untimed_loops(&f))
        return 0;
    unsigned arc_count;
    kp_times_arcs(m->times, &arc_count);
    f.parts = calloc(record->line_count, sizeof *f.parts);
    f.sums = calloc(record->loop_count, sizeof *f.sums);
    f.called = calloc(arc_count + 1u, sizeof *f.called);
    int result = f.parts && f.sums && f.called ? 0 : -1;
    if (result == 0)
        find_timed(&f);
    for (enum source source = SAMPLES; result == 0 && source < SOURCES; source++) {
        for (uint32_t i = 0; i < record->line_count; i++)
            f.parts[i] = part_of(m, number, i, source);
        unsigned calls = source == SAMPLES ? add_callees(join, module, number, f.parts, f.called) : 0;
        share(&f);
        correct_callees(&f, calls);
    }
    free(f.parts);
    free(f.sums);
    free(f.called);
    return result;
}

static int has_times(const struct kp_joined_module *m, unsigned function)
{
    return kp_module_function(m->index, function)->record->line_count && kp_module_first_word(m->index, function) >= 0;
}

/* Whether timestamps say what the function took: it had some, and in all of its calls, or nothing else says it. */
static int is_exact(const struct kp_joined_module *m, unsigned function)
{
    const uint64_t *activation = lines_of(m, function) - KP_ACTIVATION_WORDS;
    return activation[KP_TOTAL_TICKS] &&
           (activation[KP_TIMED_CALLS] >= m->solved[function].calls || !(sampled_ns(m, function) > 0));
}

/* Where a timestamp cost less than it was calibrated to, a line that takes next to nothing comes out below zero. The
 * others make up for it, in proportion, so that lines add up to their function. `word` is that of all lines. */
static void lift_to_zero(const struct kp_joined_module *m, unsigned function, enum kp_line_word word)
{
    uint64_t *lines = lines_of(m, function);
    uint32_t count = kp_module_function(m->index, function)->record->line_count;
    double above = 0, below = 0;
    for (uint32_t i = 0; i < count; i++) {
        double ns = (double)(int64_t)lines[(size_t)KP_LINE_WORDS * i + word];
        above += fmax(ns, 0);
        below += fmin(ns, 0);
    }
    double scale = above > 0 ? fmax(0, 1 + below / above) : 1;
    for (uint32_t i = 0; below < 0 && i < count; i++) {
        uint64_t *ns = &lines[(size_t)KP_LINE_WORDS * i + word];
        *ns = (int64_t)*ns > 0 ? (uint64_t)((double)*ns * scale) : 0;
    }
}

int kp_join_complete_exact(struct kp_join *join)
{
    for (unsigned i = 0; i < join->module_count; i++)
        for (unsigned f = 0; f < kp_module_function_count(join->modules[i].index); f++)
            if (has_times(&join->modules[i], f) && share_loops(join, i, f) != 0)
                return -1;
    for (unsigned i = 0; i < join->module_count; i++) {
        struct kp_joined_module *m = &join->modules[i];
        for (unsigned f = 0; f < kp_module_function_count(m->index); f++) {
            double sampled = sampled_ns(m, f);
            m->solved[f].scale = sampled > 0 ? fmax(0, 1 + m->solved[f].loops_ns / sampled) : 1;
            m->solved[f].exact = has_times(m, f) && is_exact(m, f);
            if (m->solved[f].exact) {
                lift_to_zero(m, f, KP_LINE_TICKS);
                lift_to_zero(m, f, KP_LINE_SELF_TICKS);
            }
        }
    }
    return 0;
}
