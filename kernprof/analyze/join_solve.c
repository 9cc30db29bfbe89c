/* Counts and times of what was joined (see joined.h): flow.c solves the counters, times_solve.c charges the calls. */
#include "kernprof/analyze/joined.h"

#include <stdlib.h>
#include <string.h>

#include "kernprof/analyze/module/flow.h"

/* Solves the counters of a function. 0, or -1 out of memory. */
static int solve_function(struct kp_joined_module *m, unsigned number)
{
    const struct kp_map_view *view = kp_module_function(m->index, number);
    const struct kp_map_record *r = view->record;
    struct kp_solved_function *solved = &m->solved[number];
    uint64_t *blocks = calloc((size_t)r->block_count + 1, sizeof *blocks);
    solved->hits = calloc((size_t)r->line_count + 1, sizeof *solved->hits);
    int result = blocks && solved->hits ? 0 : -1;
    if (result == 0 && r->line_count && kp_module_first_word(m->index, number) >= 0) {
        const uint64_t *words = kp_joined_words(m, number);
        result = kp_flow_solve(view, words, solved->hits, blocks, &solved->calls);
        solved->inner_calls = words[r->counter_count + KP_INNER_CALLS];
        kp_times_set_counts(m->times, number, solved->calls, solved->inner_calls, blocks);
        if (kp_module_is_variant(m->index, number))
            solved->calls = solved->inner_calls = 0;
    }
    free(blocks);
    return result;
}

/* 0, or -1 out of memory. */
static int solve_module(struct kp_joined_module *m)
{
    unsigned count = kp_module_function_count(m->index);
    m->solved = calloc(count + 1u, sizeof *m->solved);
    if (!m->solved)
        return -1;
    for (unsigned i = 0; i < count; i++)
        if (solve_function(m, i) != 0)
            return -1;
    return kp_thread_lines_solve(&m->threads, m->index);
}

/* 0, or -1 out of memory. */
static int list_names(struct kp_join *join)
{
    const struct kp_module_index **modules = calloc(join->module_count + 1u, sizeof *modules);
    for (unsigned i = 0; modules && i < join->module_count; i++)
        modules[i] = join->modules[i].index;
    int result = modules ? kp_function_names_fill(&join->names, modules, join->module_count) : -1;
    free(modules);
    return result;
}

/* 0, or -1 out of memory. */
static int solve_times(const struct kp_join *join)
{
    struct kp_times **times = calloc(join->module_count + 1u, sizeof *times);
    for (unsigned i = 0; times && i < join->module_count; i++)
        times[i] = join->modules[i].times;
    int result = times ? kp_times_solve(times, join->module_count, &join->names) : -1;
    free(times);
    return result;
}

/* 0, or -1 out of memory. */
static int solve(struct kp_join *join)
{
    for (unsigned i = 0; i < join->module_count; i++)
        if (solve_module(&join->modules[i]) != 0)
            return -1;
    if (kp_join_charge_samples(join) != 0 || list_names(join) != 0 || solve_times(join) != 0)
        return -1;
    return kp_join_complete_exact(join);
}

int kp_join_solve(struct kp_join *join, struct kp_error *error)
{
    if (solve(join) != 0)
        return kp_fail(error, "out of memory");
    join->is_solved = 1;
    return 0;
}
