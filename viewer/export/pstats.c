/* pstats: the dictionary that cProfile dumps, in Python's marshal format (CPython's Python/marshal.c; the old plain
 * codes, which every Python 3 reads):
 *
 *     {(file, line, function): (primitive calls, calls, own s, cumulative s, {caller: (calls, primitive calls, ...)})}
 *
 * Traps: calls and primitive calls stand the other way round for callers; and a key must not come twice, so that
 * versions of a function that a merge kept apart are added up here, as Stats.add does. */
#include "viewer/export/export.h"

#include <stdlib.h>
#include <string.h>

#include "util/index.h"

static void put_32(uint32_t number, FILE *out)
{
    for (int shift = 0; shift < 32; shift += 8)
        fputc(number >> shift & 0xff, out);
}

static void put_string(const char *text, FILE *out)
{
    fputc('u', out);
    put_32((uint32_t)strlen(text), out);
    fputs(text, out);
}

/* Up to 31 bits as they are, more in digits of 15 bits. */
static void put_integer(int64_t number, FILE *out)
{
    if (number <= INT32_MAX) {
        fputc('i', out);
        put_32((uint32_t)number, out);
        return;
    }
    uint32_t digits = 0;
    for (int64_t rest = number; rest; rest >>= 15)
        digits++;
    fputc('l', out);
    put_32(digits, out);
    for (; number; number >>= 15) {
        fputc(number & 0xff, out);
        fputc(number >> 8 & 0x7f, out);
    }
}

static void put_seconds(int64_t time_ns, FILE *out)
{
    double seconds = (double)time_ns / 1e9;
    uint64_t bits;
    memcpy(&bits, &seconds, sizeof bits);
    fputc('g', out);
    put_32((uint32_t)bits, out);
    put_32((uint32_t)(bits >> 32), out);
}

static void put_tuple(uint32_t size, FILE *out)
{
    fputc('(', out);
    put_32(size, out);
}

static void put_function(const struct kp_call_graph *model, size_t number, FILE *out)
{
    const struct kp_graph_function *function = &model->functions[number];
    put_tuple(3, out);
    put_string(model->sources[function->source].path, out);
    put_integer(function->line, out);
    put_string(function->name, out);
}

/* By callee, then by caller: the calls of several lines become one. */
static int compare_arcs(const void *left, const void *right)
{
    const struct kp_graph_arc *a = left;
    const struct kp_graph_arc *b = right;
    if (a->callee != b->callee)
        return a->callee < b->callee ? -1 : 1;
    return (a->caller > b->caller) - (a->caller < b->caller);
}

static size_t sum_arcs(struct kp_graph_arc *arcs, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(arcs, count, sizeof *arcs, compare_arcs);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare_arcs(&arcs[kept - 1], &arcs[i]) == 0) {
            arcs[kept - 1].calls += arcs[i].calls;
            arcs[kept - 1].primitive_calls += arcs[i].primitive_calls;
            arcs[kept - 1].total_ns += arcs[i].total_ns;
            arcs[kept - 1].self_ns += arcs[i].self_ns;
        } else {
            arcs[kept++] = arcs[i];
        }
    }
    return kept;
}

/* Functions as pstats tells them apart, each with the sums of those that it cannot. */
struct entries {
    size_t *of_function; /* the entry of each function of the model */
    struct kp_graph_function *entry;
    size_t *first; /* the function that gives it its name */
    size_t count;
};

static int find_entries(const struct kp_call_graph *model, struct entries *entries)
{
    struct kp_index keys = {0};
    int status = 0;
    for (size_t i = 0; i < model->function_count && status == 0; i++) {
        const struct kp_graph_function *function = &model->functions[i];
        char *key = NULL;
        int length = asprintf(&key, "%s:%lld:%s", model->sources[function->source].path, (long long)function->line,
                              function->name);
        uint32_t number = length < 0 ? KP_INDEX_NONE : kp_index_add(&keys, key, (size_t)length);
        if (length >= 0)
            free(key);
        status = number == KP_INDEX_NONE ? -1 : 0;
        if (status != 0)
            break;
        entries->of_function[i] = number;
        struct kp_graph_function *sum = &entries->entry[number];
        if (number == entries->count) {
            entries->first[entries->count++] = i;
            *sum = *function;
            continue;
        }
        sum->calls += function->calls;
        sum->primitive_calls += function->primitive_calls;
        sum->total_ns += function->total_ns;
        sum->self_ns += function->self_ns;
    }
    kp_index_free(&keys);
    return status;
}

static void put_callers(const struct kp_call_graph *model, const struct entries *entries,
                        const struct kp_graph_arc *arcs, size_t count, FILE *out)
{
    fputc('{', out);
    for (size_t i = 0; i < count; i++) {
        put_function(model, entries->first[arcs[i].caller], out);
        put_tuple(4, out);
        put_integer(arcs[i].calls, out);
        put_integer(arcs[i].primitive_calls, out);
        put_seconds(arcs[i].self_ns, out);
        put_seconds(arcs[i].total_ns, out);
    }
    fputc('0', out);
}

static void put_entries(const struct kp_call_graph *model, const struct entries *entries,
                        const struct kp_graph_arc *arcs, size_t arc_count, FILE *out)
{
    size_t arc = 0;
    fputc('{', out);
    for (size_t i = 0; i < entries->count; i++) {
        const struct kp_graph_function *entry = &entries->entry[i];
        size_t first = arc;
        while (arc < arc_count && arcs[arc].callee == i)
            arc++;
        if (entry->calls == 0)
            continue; /* cProfile lists what was called */
        put_function(model, entries->first[i], out);
        put_tuple(5, out);
        put_integer(entry->primitive_calls, out);
        put_integer(entry->calls, out);
        put_seconds(entry->self_ns, out);
        put_seconds(entry->total_ns, out);
        put_callers(model, entries, arcs + first, arc - first, out);
    }
    fputc('0', out);
}

int kp_export_pstats(const struct kp_export_job *job, struct kp_error *error)
{
    const struct kp_call_graph *model = job->model;
    struct kp_graph_arc *arcs = calloc(model->arc_count + 1, sizeof *arcs);
    struct entries entries = {
        .of_function = calloc(model->function_count + 1, sizeof *entries.of_function),
        .entry = calloc(model->function_count + 1, sizeof *entries.entry),
        .first = calloc(model->function_count + 1, sizeof *entries.first),
    };
    int status = arcs && entries.of_function && entries.entry && entries.first ? find_entries(model, &entries) : -1;
    if (status == 0) {
        for (size_t i = 0; i < model->arc_count; i++) {
            arcs[i] = model->arcs[i];
            arcs[i].caller = entries.of_function[arcs[i].caller];
            arcs[i].callee = entries.of_function[arcs[i].callee];
        }
        put_entries(model, &entries, arcs, sum_arcs(arcs, model->arc_count), job->out);
    }
    free(arcs);
    free(entries.of_function);
    free(entries.entry);
    free(entries.first);
    return status == 0 ? 0 : kp_fail(error, "pstats: out of memory");
}
