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

/* The parts of a loop's lines, by the first source that says anything. Their sum; 0: the loop did not run. */
static double find_parts(const struct kp_join *join, const struct kp_names *names, unsigned module, unsigned function,
                         uint32_t loop, struct part *parts)
{
    const struct module *m = &join->modules[module];
    const struct kp_map_view *view = kp_times_function(m->times, function);
    double sum = 0;
    for (enum source source = SAMPLES; source < SOURCES && !(sum > 0); source++) {
        for (uint32_t i = 0; i < view->record->line_count; i++)
            parts[i] = part_of(m, function, i, source);
        if (source == SAMPLES)
            add_callees(join, names, module, function, parts);
        for (uint32_t i = 0; i < view->record->line_count; i++)
            sum += view->lines[i].loop == loop ? parts[i].whole : 0;
    }
    return sum;
}

/* `parts` has room for the lines. */
static void share_loop(const struct kp_join *join, const struct kp_names *names, unsigned module, unsigned function, uint32_t loop,
                       struct part *parts)
{
    const struct module *m = &join->modules[module];
    const struct kp_map_view *view = kp_times_function(m->times, function);
    uint64_t *lines = lines_of(m, function);
    const uint64_t *words = lines + (size_t)KP_LINE_WORDS * view->record->line_count + (size_t)KP_LOOP_WORDS * (loop - 1);
    double ticks = (double)(int64_t)words[KP_LOOP_TICKS], self_ticks = (double)(int64_t)words[KP_LOOP_SELF_TICKS];
    double sum = self_ticks != 0 ? find_parts(join, names, module, function, loop, parts) : 0;
    if (!(sum > 0))
        return;
    double own = 0;
    for (uint32_t i = 0; i < view->record->line_count; i++)
        if (view->lines[i].loop == loop) {
            uint64_t *line = lines + (size_t)KP_LINE_WORDS * i;
            line[KP_LINE_TICKS] += (uint64_t)(int64_t)(ticks * (parts[i].whole / sum));
            line[KP_LINE_SELF_TICKS] += (uint64_t)(int64_t)(self_ticks * (parts[i].own / sum));
            own += parts[i].own;
        }
    *(lines - KP_ACTIVATION_WORDS + KP_SELF_TICKS) -= (uint64_t)(int64_t)(self_ticks * (1 - own / sum));
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
            const struct kp_map_record *record = kp_times_function(m->times, f)->record;
            if (!record->line_count || m->first_words[f] < 0)
                continue;
            struct part *parts = calloc(record->line_count, sizeof *parts);
            for (uint32_t loop = 1; parts && loop <= record->loop_count; loop++)
                share_loop(join, names, i, f, loop, parts);
            free(parts);
            if (!parts)
                return -1;
            m->solved[f].exact = is_exact(m, f);
        }
    }
    return 0;
}
