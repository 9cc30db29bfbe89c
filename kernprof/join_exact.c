/* Mode exact: what timestamps left out (see joined.h). Loops go on without them (plugin/untimed_loops.h): their time is known
 * as a whole and is shared out among their lines. Short functions that such loops call have no timestamps there: as in mode
 * adaptive, their time is that of the samples. */
#include "kernprof/joined.h"

#include <stdlib.h>

/* What tells how a loop's time is shared out, in this order: samples of its lines and of what they call; where there are
 * none, what its timed passes took; where that is nothing, hits. */
enum source { SAMPLES, TIMED_PASSES, HITS, SOURCES };

/* Parts of a loop's time: the line's own, and with what it calls. */
struct part {
    double own, whole;
};

static uint64_t *lines_of(const struct module *m, unsigned function)
{
    return m->words + m->first_words[function] + kp_times_function(m->times, function)->record->counter_count + KP_ACTIVATION_WORDS;
}

static double sampled_ns(const struct kp_times *times, unsigned function)
{
    double sum = 0;
    for (uint32_t i = 0; i < kp_times_function(times, function)->record->line_count; i++)
        sum += kp_times_line(times, function, i)->time_ns;
    return sum;
}

/* Time of calls that were not inlined, by samples of the callees; by line. */
static void add_callees(const struct kp_join *join, const struct kp_names *names, unsigned module, unsigned function, struct part *parts)
{
    unsigned count;
    const struct module *m = &join->modules[module];
    const struct kp_map_view *view = kp_times_function(m->times, function);
    const struct kp_arc *arcs = kp_times_arcs(m->times, &count);
    for (unsigned i = 0; i < count; i++) {
        if (arcs[i].function != function || arcs[i].time_ns > 0)
            continue; /* of an inlined call the line's samples tell */
        const struct kp_named *callee = kp_join_find_callee(join, names, arcs[i].callee, module, view->strings + view->files[view->record->file].path);
        const struct module *of = callee ? &join->modules[callee->module] : NULL;
        if (of && of->solved[callee->function].calls)
            parts[arcs[i].line].whole += sampled_ns(of->times, callee->function) / (double)of->solved[callee->function].calls * (double)arcs[i].calls;
    }
}

static struct part part_of(const struct module *m, unsigned function, uint32_t line, enum source source)
{
    const struct kp_line_time *sampled = kp_times_line(m->times, function, line);
    int64_t ticks = (int64_t)lines_of(m, function)[(size_t)KP_LINE_WORDS * line + KP_LINE_SELF_TICKS];
    double part = source == TIMED_PASSES ? (double)(ticks > 0 ? ticks : 0) : (double)m->solved[function].hits[line];
    return source == SAMPLES ? (struct part){sampled->self_ns, sampled->time_ns} : (struct part){part, part};
}

/* A function whose loops' times are to be shared out. */
struct function {
    const struct kp_map_view *view;
    uint64_t *lines, *loops; /* their words */
    struct part *parts;      /* by line */
    struct sum {
        struct part part;
        int shared;
    } *sums; /* by loop */
};

static void find_sums(const struct function *f)
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

/* Shares out the time of the loops that `parts` say something of, and that no earlier source did. */
static void share(const struct function *f)
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
        line[KP_LINE_SELF_TICKS] += (uint64_t)(int64_t)((double)(int64_t)words[KP_LOOP_SELF_TICKS] * (f->parts[i].own / whole));
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

static int has_untimed_loops(const struct function *f)
{
    for (uint32_t loop = 0; loop < f->view->record->loop_count; loop++)
        if (f->loops[(size_t)KP_LOOP_WORDS * loop + KP_LOOP_SELF_TICKS])
            return 1;
    return 0;
}

/* 0, or -1 out of memory. */
static int share_loops(const struct kp_join *join, const struct kp_names *names, unsigned module, unsigned number)
{
    const struct module *m = &join->modules[module];
    struct function f = {.view = kp_times_function(m->times, number), .lines = lines_of(m, number)};
    const struct kp_map_record *record = f.view->record;
    f.loops = f.lines + (size_t)KP_LINE_WORDS * record->line_count;
    if (!has_untimed_loops(&f))
        return 0;
    f.parts = calloc(record->line_count, sizeof *f.parts);
    f.sums = calloc(record->loop_count, sizeof *f.sums);
    for (enum source source = SAMPLES; f.parts && f.sums && source < SOURCES; source++) {
        for (uint32_t i = 0; i < record->line_count; i++)
            f.parts[i] = part_of(m, number, i, source);
        if (source == SAMPLES)
            add_callees(join, names, module, number, f.parts);
        share(&f);
    }
    int result = f.parts && f.sums ? 0 : -1;
    free(f.parts);
    free(f.sums);
    return result;
}

/* Whether timestamps say what the function took: it had some, and in all of its calls, or nothing else says it. */
static int is_exact(const struct module *m, unsigned function)
{
    const uint64_t *activation = lines_of(m, function) - KP_ACTIVATION_WORDS;
    return activation[KP_TOTAL_TICKS] && (activation[KP_TIMED_CALLS] >= m->solved[function].calls || !(sampled_ns(m->times, function) > 0));
}

int kp_join_complete_exact(struct kp_join *join, const struct kp_names *names)
{
    for (unsigned i = 0; i < join->module_count; i++) {
        struct module *m = &join->modules[i];
        for (unsigned f = 0; f < kp_times_function_count(m->times); f++) {
            if (!kp_times_function(m->times, f)->record->line_count || m->first_words[f] < 0)
                continue;
            if (share_loops(join, names, i, f) != 0)
                return -1;
            m->solved[f].exact = is_exact(m, f);
        }
    }
    return 0;
}
