/* Counts and times of what was joined (see joined.h): flow.c solves the counters, times.c charges samples and calls. */
#include "kernprof/analyze/joined.h"

#include <stdlib.h>
#include <string.h>

#include "kernprof/analyze/flow.h"
#include "kernprof/sample/cost_kinds.h"

/* Solves the counters of all functions of a module. */
static int solve_module(struct module *m)
{
    unsigned count = kp_times_function_count(m->times);
    m->solved = calloc(count + 1, sizeof *m->solved);
    if (!m->solved)
        return -1;
    for (unsigned i = 0; i < count; i++) {
        const struct kp_map_view *view = kp_times_function(m->times, i);
        const struct kp_map_record *r = view->record;
        struct solved *solved = &m->solved[i];
        int64_t first = m->first_words[i];
        uint64_t *blocks = calloc((size_t)r->block_count + 1, sizeof *blocks);
        solved->hits = calloc((size_t)r->line_count + 1, sizeof *solved->hits);
        int failed = !blocks || !solved->hits;
        if (!failed && r->line_count && first >= 0) {
            failed = kp_flow_solve(view, m->words + first, solved->hits, blocks, &solved->calls);
            solved->inner_calls = m->words[(uint64_t)first + r->counter_count + KP_INNER_CALLS];
            kp_times_set_counts(m->times, i, solved->calls, solved->inner_calls, blocks);
        }
        free(blocks);
        if (failed)
            return -1;
    }
    return 0;
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
static int is_of(const struct kp_sample_file *file, const struct module *m)
{
    if (file->module_hash)
        return file->module_hash == m->hash;
    if (file->build_id[0] && m->build_id[0])
        return strcmp(file->build_id, m->build_id) == 0;
    return is_same_file(file->path, m->path);
}

/* Charges the samples that lie in the module's code. Those of one file stand together, sorted. */
static int charge_samples(struct module *m, int from_map, const struct kp_sample_place *samples, size_t count)
{
    struct kp_symbolizer *code = kp_join_symbolizer(m);
    struct kp_code_place *places = code ? calloc(count, sizeof *places) : NULL;
    if (!code)
        return 0;
    uint64_t map = from_map ? kp_symbolizer_section(code, KP_MAP_SECTION) : 0;
    for (size_t i = 0; places && i < count; i++)
        places[i].address =
            from_map ? samples[i].frames[0].offset + map : kp_symbolizer_address(code, samples[i].frames[0].offset);
    int result = places ? kp_symbolizer_resolve(code, places, count) : -1;
    for (size_t i = 0; result == 0 && i < count; i++)
        kp_times_add_samples(m->times, &places[i], kp_symbolizer_symbol(code, places[i].address),
                             (double)samples[i].cost, samples[i].samples);
    free(places);
    return result;
}

/* Time first, by file and place. Offsets from a map may be negative. */
static int compare_samples(const void *left, const void *right)
{
    const struct kp_sample_place *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->frames[0].file != b->frames[0].file)
        return a->frames[0].file < b->frames[0].file ? -1 : 1;
    int64_t first = (int64_t)a->frames[0].offset, second = (int64_t)b->frames[0].offset;
    return first < second ? -1 : first > second;
}

static int charge_all_samples(struct kp_join *join)
{
    const struct kp_samples *s = &join->samples;
    if (s->count)
        qsort(s->places, s->count, sizeof *s->places, compare_samples);
    uint32_t count = 0;
    while (count < s->count && s->places[count].kind == KP_COST_TIME)
        count++;
    for (uint32_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && s->places[end].frames[0].file == s->places[i].frames[0].file; end++)
            ;
        const struct kp_sample_file *file = &s->files[s->places[i].frames[0].file];
        for (unsigned m = 0; m < join->module_count; m++)
            if (is_of(file, &join->modules[m])) {
                if (charge_samples(&join->modules[m], file->module_hash != 0, s->places + i, end - i) != 0)
                    return -1;
                break;
            }
    }
    return 0;
}

static int compare_names(const void *left, const void *right)
{
    const struct kp_named *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static int list_names(const struct kp_join *join, struct kp_names *names)
{
    size_t count = 0;
    for (unsigned m = 0; m < join->module_count; m++)
        count += kp_times_function_count(join->modules[m].times);
    names->rows = calloc(count + 1, sizeof *names->rows);
    if (!names->rows)
        return -1;
    for (unsigned m = 0; m < join->module_count; m++)
        for (unsigned i = 0; i < kp_times_function_count(join->modules[m].times); i++) {
            const struct kp_map_view *view = kp_times_function(join->modules[m].times, i);
            if (kp_map_is_profiled(view->record, join->by_function))
                names->rows[names->count++] = (struct kp_named){view->strings + view->record->linkage_name, m, i};
        }
    if (names->count)
        qsort(names->rows, names->count, sizeof *names->rows, compare_names);
    return 0;
}

/* The name without what versions and link-time optimisation hang on. */
static size_t plain_length(const char *name)
{
    size_t length = strcspn(name, ".");
    return length ? length : strlen(name);
}

static const struct kp_named *find_name(const struct kp_names *names, const char *name)
{
    struct kp_named key = {name, 0, 0};
    const struct kp_named *found =
        names->count ? bsearch(&key, names->rows, names->count, sizeof key, compare_names) : NULL;
    size_t length = plain_length(name);
    if (found || !name[length])
        return found;
    char *plain = strndup(name, length);
    key.name = plain;
    if (plain && names->count)
        found = bsearch(&key, names->rows, names->count, sizeof key, compare_names);
    free(plain);
    return found;
}

/* Of several functions of one name (static ones), that of the caller's own module and file. */
const struct kp_named *kp_join_find_callee(const struct kp_join *join, const struct kp_names *names, const char *name,
                                           unsigned module, const char *file)
{
    const struct kp_named *first = find_name(names, name), *best = first;
    if (!first)
        return NULL;
    while (first > names->rows && compare_names(first - 1, first) == 0)
        first--;
    for (int score = 0; first < names->rows + names->count && compare_names(first, best) == 0; first++) {
        const struct kp_map_view *view = kp_times_function(join->modules[first->module].times, first->function);
        int fits = 1 + 2 * (first->module == module) +
                   (strcmp(view->strings + view->files[view->record->file].path, file) == 0);
        if (fits > score) {
            score = fits;
            best = first;
        }
    }
    return best;
}

struct callees {
    const struct kp_join *join;
    const struct kp_names *names;
};

static int find_callee(void *data, const char *name, unsigned caller, const char *file, unsigned *module,
                       unsigned *function)
{
    const struct callees *callees = data;
    const struct kp_named *callee = kp_join_find_callee(callees->join, callees->names, name, caller, file);
    if (!callee)
        return 0;
    *module = callee->module;
    *function = callee->function;
    return 1;
}

static int solve_times(const struct kp_join *join, const struct kp_names *names)
{
    struct kp_times **times = calloc(join->module_count + 1u, sizeof *times);
    for (unsigned i = 0; times && i < join->module_count; i++)
        times[i] = join->modules[i].times;
    int result = times ? kp_times_solve(times, join->module_count, find_callee, &(struct callees){join, names}) : -1;
    free(times);
    return result;
}

int kp_join_solve(struct kp_join *join, struct kp_names *names)
{
    for (unsigned i = 0; i < join->module_count; i++)
        if (solve_module(&join->modules[i]) != 0)
            return -1;
    if (charge_all_samples(join) != 0 || list_names(join, names) != 0 || solve_times(join, names) != 0)
        return -1;
    return kp_join_complete_exact(join, names);
}
