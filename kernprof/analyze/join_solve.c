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

/* The kernel's path and the loader's, which may be relative to where the program was. */
static int is_same_file(const char *sampled, const char *loaded)
{
    while (strncmp(loaded, "./", 2) == 0)
        loaded += 2;
    size_t whole = strlen(sampled), part = strlen(loaded);
    if (strcmp(sampled, loaded) == 0)
        return 1;
    if (loaded[0] != '/' && whole > part && sampled[whole - part - 1] == '/' &&
        strcmp(sampled + whole - part, loaded) == 0)
        return 1;
    char *real = realpath(loaded, NULL);
    int same = real && strcmp(real, sampled) == 0;
    free(real);
    return same;
}

/* Is the file what the module was loaded from? A path alone may have been that of several, one after the other. */
static int is_of(const struct kp_sample_file *file, const struct kp_joined_module *m)
{
    if (file->module_hash)
        return file->module_hash == m->hash;
    if (file->build_id[0] && m->build_id[0])
        return strcmp(file->build_id, m->build_id) == 0;
    return is_same_file(file->path, m->path);
}

/* Charges the samples that lie in the module's code. Those of one file stand together, sorted. */
static int charge_samples(struct kp_joined_module *m, int from_map, const struct kp_sample_place *samples, size_t count)
{
    struct kp_symbolizer *code = kp_joined_symbolizer(m);
    struct kp_code_place *places = code ? calloc(count, sizeof *places) : NULL;
    if (!code)
        return 0;
    uint64_t map = from_map ? kp_symbolizer_section(code, KP_MAP_SECTION) : 0;
    for (size_t i = 0; places && i < count; i++)
        places[i].address = from_map ? samples[i].offset + map : kp_symbolizer_address(code, samples[i].offset);
    int result = places ? kp_symbolizer_resolve(code, places, count) : -1;
    for (size_t i = 0; result == 0 && i < count; i++)
        kp_times_add_samples(m->times, &places[i], kp_symbolizer_symbol(code, places[i].address),
                             (double)samples[i].time_ns, samples[i].samples);
    free(places);
    return result;
}

/* Offsets from a map may be negative. */
static int compare_samples(const void *left, const void *right)
{
    const struct kp_sample_place *a = left, *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    int64_t first = (int64_t)a->offset, second = (int64_t)b->offset;
    return first < second ? -1 : first > second;
}

static int charge_all_samples(struct kp_join *join)
{
    const struct kp_samples *s = &join->samples;
    if (s->count)
        qsort(s->places, s->count, sizeof *s->places, compare_samples);
    for (uint64_t i = 0, end; i < s->count; i = end) {
        for (end = i + 1; end < s->count && s->places[end].file == s->places[i].file; end++)
            ;
        const struct kp_sample_file *file = &s->files[s->places[i].file];
        for (unsigned m = 0; m < join->module_count; m++)
            if (is_of(file, &join->modules[m])) {
                if (charge_samples(&join->modules[m], file->module_hash != 0, s->places + i, end - i) != 0)
                    return -1;
                break;
            }
    }
    return 0;
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
    if (charge_all_samples(join) != 0 || list_names(join) != 0 || solve_times(join) != 0)
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
