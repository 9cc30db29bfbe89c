/* pstats: the dictionary that cProfile dumps, in Python's marshal format (CPython's Python/marshal.c; the old plain
 * codes, which every Python 3 reads):
 *
 *     {(file, line, function): (primitive calls, calls, own s, cumulative s, {caller: (calls, primitive calls, ...)})}
 *
 * The trap: calls and primitive calls stand the other way round for callers. */
#include "viewer/export/export.h"

#include <stdlib.h>
#include <string.h>

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

static void put_function(const struct kp_model *model, size_t number, FILE *out)
{
    const struct kp_model_function *function = &model->functions[number];
    put_tuple(3, out);
    put_string(model->sources[function->source].path, out);
    put_integer(function->line, out);
    put_string(function->name, out);
}

/* By callee, then by caller: the calls of several lines become one. */
static int compare_arcs(const void *left, const void *right)
{
    const struct kp_model_arc *a = left;
    const struct kp_model_arc *b = right;
    if (a->callee != b->callee)
        return a->callee < b->callee ? -1 : 1;
    return (a->caller > b->caller) - (a->caller < b->caller);
}

static size_t sum_arcs(struct kp_model_arc *arcs, size_t count)
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

static void put_callers(const struct kp_model *model, const struct kp_model_arc *arcs, size_t count, FILE *out)
{
    fputc('{', out);
    for (size_t i = 0; i < count; i++) {
        put_function(model, arcs[i].caller, out);
        put_tuple(4, out);
        put_integer(arcs[i].calls, out);
        put_integer(arcs[i].primitive_calls, out);
        put_seconds(arcs[i].self_ns, out);
        put_seconds(arcs[i].total_ns, out);
    }
    fputc('0', out);
}

int kp_export_pstats(const struct kp_export_job *job, struct kp_error *error)
{
    const struct kp_model *model = job->model;
    struct kp_model_arc *arcs = calloc(model->arc_count + 1, sizeof *arcs);
    if (!arcs)
        return kp_fail(error, "pstats: out of memory");
    if (model->arc_count)
        memcpy(arcs, model->arcs, model->arc_count * sizeof *arcs);
    size_t arc_count = sum_arcs(arcs, model->arc_count);
    size_t arc = 0;
    fputc('{', job->out);
    for (size_t i = 0; i < model->function_count; i++) {
        const struct kp_model_function *function = &model->functions[i];
        size_t first = arc;
        while (arc < arc_count && arcs[arc].callee == i)
            arc++;
        if (function->calls == 0)
            continue; /* cProfile lists what was called */
        put_function(model, i, job->out);
        put_tuple(5, job->out);
        put_integer(function->primitive_calls, job->out);
        put_integer(function->calls, job->out);
        put_seconds(function->self_ns, job->out);
        put_seconds(function->total_ns, job->out);
        put_callers(model, arcs + first, arc - first, job->out);
    }
    fputc('0', job->out);
    free(arcs);
    return 0;
}
