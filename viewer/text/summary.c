/* See summary.h. Layouts, titles and orders are those of CPython's Lib/pstats.py, so that eyes and scripts feel at
 * home; functions that were never called are left out, as cProfile never sees them. Files are shown as listings show
 * them (cProfile strips their folders, which makes one of all the `util.c` of a program). */
#include "viewer/text/summary.h"

#include <stdlib.h>
#include <string.h>

#include "util/control.h"
#include "viewer/model/units.h"

/* A function as pstats' orders see it. */
struct row {
    const struct kp_graph_function *function;
    const char *file;
    char *standard_name; /* file:line(function) */
    size_t number;       /* in the model */
};

struct field {
    const char *title;
    int (*compare[3])(const struct row *, const struct row *); /* NULL behind the last */
};

static int descending(int64_t a, int64_t b)
{
    return (a < b) - (a > b);
}

static int by_calls(const struct row *a, const struct row *b)
{
    return descending(a->function->calls, b->function->calls);
}

static int by_primitive_calls(const struct row *a, const struct row *b)
{
    return descending(a->function->primitive_calls, b->function->primitive_calls);
}

static int by_total(const struct row *a, const struct row *b)
{
    return descending(a->function->total_ns, b->function->total_ns);
}

static int by_self(const struct row *a, const struct row *b)
{
    return descending(a->function->self_ns, b->function->self_ns);
}

static int by_file(const struct row *a, const struct row *b)
{
    return strcmp(a->file, b->file);
}

static int by_line(const struct row *a, const struct row *b)
{
    return descending(b->function->line, a->function->line);
}

static int by_name(const struct row *a, const struct row *b)
{
    return strcmp(a->function->name, b->function->name);
}

static int by_standard_name(const struct row *a, const struct row *b)
{
    return strcmp(a->standard_name, b->standard_name);
}

static const struct field calls = {"call count", {by_calls}};
static const struct field cumulative = {"cumulative time", {by_total}};
static const struct field file_name = {"file name", {by_file}};
static const struct field internal = {"internal time", {by_self}};
static const struct field line_number = {"line number", {by_line}};
static const struct field function_name = {"function name", {by_name}};
static const struct field name_file_line = {"name/file/line", {by_name, by_file, by_line}};
static const struct field primitive = {"primitive call count", {by_primitive_calls}};
static const struct field standard = {"standard name", {by_standard_name}};

static const struct {
    const char *name;
    const struct field *field;
} keys[] = {
    {"calls", &calls},        {"cumtime", &cumulative}, {"cumulative", &cumulative}, {"file", &file_name},
    {"filename", &file_name}, {"line", &line_number},   {"module", &file_name},      {"name", &function_name},
    {"ncalls", &calls},       {"nfl", &name_file_line}, {"pcalls", &primitive},      {"stdname", &standard},
    {"time", &internal},      {"tottime", &internal},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

const char *kp_summary_key_name(size_t index)
{
    return index < KEY_COUNT ? keys[index].name : NULL;
}

/* The key that `text` names or begins; KEY_COUNT: none. Two that mean the same are not ambiguous. */
static size_t find_key(const char *text, size_t length)
{
    size_t found = KEY_COUNT;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (length == 0 || strncmp(keys[i].name, text, length) != 0)
            continue;
        if (keys[i].name[length] == '\0')
            return i;
        if (found < KEY_COUNT && keys[found].field != keys[i].field)
            return KEY_COUNT;
        found = i;
    }
    return found;
}

int kp_summary_add_keys(struct kp_summary_options *options, const char *text, struct kp_error *error)
{
    for (;; text++) {
        size_t length = strcspn(text, ",");
        size_t key = find_key(text, length);
        if (key == KEY_COUNT)
            return kp_fail(
                error,
                "--sort: '%.*s' is no key, or of several; there are: calls, cumulative, cumtime, file, line, "
                "module, name, nfl, pcalls, stdname, time, tottime",
                (int)length, text);
        if (options->key_count == KP_SUMMARY_KEYS)
            return kp_fail(error, "--sort: more than %d keys", KP_SUMMARY_KEYS);
        options->keys[options->key_count++] = key;
        text += length;
        if (!*text)
            return 0;
    }
}

struct summary {
    const struct kp_call_graph *model;
    const struct kp_summary_options *options;
    struct row *rows; /* of the functions that were called, in the order shown */
    size_t count;
    size_t shown;
    size_t *row_of; /* of each function of the model; SIZE_MAX: never called */
    int width;      /* of the longest name shown, and a gap */
    FILE *out;
};

/* Sorting has no state of its own to pass on but this. */
static int compare_rows(const void *left, const void *right, void *data)
{
    const struct row *a = left;
    const struct row *b = right;
    const struct kp_summary_options *options = data;
    size_t count = options->key_count ? options->key_count : 1;
    for (size_t k = 0; k < count; k++) {
        const struct field *field = options->key_count ? keys[options->keys[k]].field : &cumulative;
        for (size_t f = 0; f < sizeof field->compare / sizeof *field->compare && field->compare[f]; f++) {
            int order = field->compare[f](a, b);
            if (order != 0)
                return order;
        }
    }
    return (a->number > b->number) - (a->number < b->number);
}

static void print_order(const struct summary *summary)
{
    const struct kp_summary_options *options = summary->options;
    fprintf(summary->out, "   Ordered by: %s",
            options->key_count ? keys[options->keys[0]].field->title : cumulative.title);
    for (size_t k = 1; k < options->key_count; k++)
        fprintf(summary->out, ", %s", keys[options->keys[k]].field->title);
    fputc('\n', summary->out);
    if (summary->shown < summary->count)
        fprintf(summary->out, "   List reduced from %zu to %zu due to restriction <%zu>\n", summary->count,
                summary->shown, options->limit);
    fputc('\n', summary->out);
}

/* Control characters, which could drive a terminal, become blanks. */
static int print_name(const struct row *row, FILE *out)
{
    int columns = 0;
    for (const char *c = row->standard_name; *c; c++) {
        fputc(kp_is_control(*c) ? ' ' : *c, out);
        columns += (*c & 0xc0) != 0x80;
    }
    return columns;
}

/* "4/1": all of the calls, and those that were not recursive. */
static void print_calls(int64_t all, int64_t primitive_calls, int width, FILE *out)
{
    char text[64];
    snprintf(text, sizeof text, all == primitive_calls ? "%lld" : "%lld/%lld", (long long)all,
             (long long)primitive_calls);
    fprintf(out, "%*s", width, text);
}

static void print_seconds(double time_ns, FILE *out)
{
    char text[KP_VALUE_TEXT];
    kp_units_profile_seconds(text, time_ns);
    fprintf(out, " %s", text);
}

static void print_per_call(int64_t time_ns, int64_t count, FILE *out)
{
    if (count > 0)
        print_seconds((double)time_ns / (double)count, out);
    else
        fprintf(out, " %8s", "");
}

static void print_totals(const struct summary *summary)
{
    int64_t all = 0, primitive_calls = 0, self_ns = 0;
    for (size_t i = 0; i < summary->count; i++) {
        all += summary->rows[i].function->calls;
        primitive_calls += summary->rows[i].function->primitive_calls;
        self_ns += summary->rows[i].function->self_ns;
    }
    fprintf(summary->out, "         %lld function calls", (long long)all);
    if (all != primitive_calls)
        fprintf(summary->out, " (%lld primitive calls)", (long long)primitive_calls);
    fprintf(summary->out, " in %.3f seconds%s\n\n", (double)self_ns * 1e-9,
            summary->model->timed ? "" : " (no times were taken)");
}

static void print_functions(const struct summary *summary)
{
    FILE *out = summary->out;
    print_totals(summary);
    print_order(summary);
    fputs("   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n", out);
    for (size_t i = 0; i < summary->shown; i++) {
        const struct kp_graph_function *function = summary->rows[i].function;
        print_calls(function->calls, function->primitive_calls, 9, out);
        print_seconds((double)function->self_ns, out);
        print_per_call(function->self_ns, function->calls, out);
        print_seconds((double)function->total_ns, out);
        print_per_call(function->total_ns, function->primitive_calls, out);
        fputc(' ', out);
        print_name(&summary->rows[i], out);
        fputc('\n', out);
    }
}

/* The other end of an arc, for sorting. */
struct end {
    const struct row *row;
    struct kp_graph_arc sum;
};

static int compare_ends(const void *left, const void *right)
{
    const struct row *a = ((const struct end *)left)->row;
    const struct row *b = ((const struct end *)right)->row;
    int order = by_file(a, b);
    order = order ? order : by_line(a, b);
    order = order ? order : by_name(a, b);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* The callers or callees of the function with this number in the model, one for each function: how many there are. */
static size_t find_ends(const struct summary *summary, size_t number, struct end *ends)
{
    const struct kp_call_graph *model = summary->model;
    bool callers = summary->options->table == KP_SUMMARY_CALLERS;
    size_t count = 0;
    for (size_t i = 0; i < model->arc_count; i++) {
        const struct kp_graph_arc *arc = &model->arcs[i];
        size_t other = summary->row_of[callers ? arc->caller : arc->callee];
        if ((callers ? arc->callee : arc->caller) == number && arc->calls > 0 && other != SIZE_MAX)
            ends[count++] = (struct end){&summary->rows[other], *arc};
    }
    qsort(ends, count, sizeof *ends, compare_ends);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && ends[kept - 1].row == ends[i].row) {
            ends[kept - 1].sum.calls += ends[i].sum.calls;
            ends[kept - 1].sum.primitive_calls += ends[i].sum.primitive_calls;
            ends[kept - 1].sum.self_ns += ends[i].sum.self_ns;
            ends[kept - 1].sum.total_ns += ends[i].sum.total_ns;
        } else {
            ends[kept++] = ends[i];
        }
    }
    return kept;
}

static void print_ends(const struct summary *summary, const struct end *ends, size_t count)
{
    FILE *out = summary->out;
    if (count == 0)
        fputc('\n', out);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fprintf(out, "%*s", summary->width + 1, "");
        print_calls(ends[i].sum.calls, ends[i].sum.primitive_calls, i > 0 ? 9 : 7, out);
        print_seconds((double)ends[i].sum.self_ns, out);
        print_seconds((double)ends[i].sum.total_ns, out);
        fputs("  ", out);
        print_name(ends[i].row, out);
        fputc('\n', out);
    }
}

static int print_callers_or_callees(struct summary *summary)
{
    FILE *out = summary->out;
    bool callers = summary->options->table == KP_SUMMARY_CALLERS;
    struct end *ends = calloc(summary->model->arc_count + 1, sizeof *ends);
    if (!ends)
        return -1;
    print_order(summary);
    fprintf(out, "%-*s%s\n", summary->width, "Function ", callers ? "was called by..." : "called...");
    fprintf(out, "%*s    ncalls  tottime  cumtime\n", summary->width, "");
    for (size_t i = 0; i < summary->shown; i++) {
        int columns = print_name(&summary->rows[i], out);
        fprintf(out, "%*s%s ", summary->width - columns, "", callers ? "<-" : "->");
        print_ends(summary, ends, find_ends(summary, summary->rows[i].number, ends));
    }
    free(ends);
    return 0;
}

static int columns_of(const char *text)
{
    int columns = 0;
    for (; *text; text++)
        columns += (*text & 0xc0) != 0x80;
    return columns;
}

static int take_rows(struct summary *summary)
{
    const struct kp_call_graph *model = summary->model;
    for (size_t i = 0; i < model->function_count; i++) {
        const struct kp_graph_function *function = &model->functions[i];
        if (function->calls <= 0)
            continue;
        struct row row = {.function = function, .file = model->sources[function->source].shown, .number = i};
        if (asprintf(&row.standard_name, "%s:%lld(%s)", row.file, (long long)function->line, function->name) < 0)
            return -1;
        summary->rows[summary->count++] = row;
    }
    return 0;
}

static void arrange(struct summary *summary)
{
    const struct kp_summary_options *options = summary->options;
    qsort_r(summary->rows, summary->count, sizeof *summary->rows, compare_rows, (void *)options);
    summary->shown = options->limit && options->limit < summary->count ? options->limit : summary->count;
    for (size_t i = 0; i < summary->model->function_count; i++)
        summary->row_of[i] = SIZE_MAX;
    for (size_t i = 0; i < summary->count; i++)
        summary->row_of[summary->rows[i].number] = i;
    for (size_t i = 0; i < summary->shown; i++) {
        int columns = columns_of(summary->rows[i].standard_name) + 2;
        summary->width = columns > summary->width ? columns : summary->width;
    }
}

static int print(struct summary *summary)
{
    int status = 0;
    if (summary->count == 0)
        print_totals(summary);
    else if (summary->options->table == KP_SUMMARY_FUNCTIONS)
        print_functions(summary);
    else
        status = print_callers_or_callees(summary);
    fputs("\n\n", summary->out);
    return status;
}

int kp_summary_render(const struct kp_call_graph *model, const struct kp_summary_options *options, FILE *out,
                      struct kp_error *error)
{
    struct summary summary = {
        .model = model,
        .options = options,
        .rows = calloc(model->function_count + 1, sizeof *summary.rows),
        .row_of = calloc(model->function_count + 1, sizeof *summary.row_of),
        .out = out,
    };
    int status = summary.rows && summary.row_of ? take_rows(&summary) : -1;
    if (status == 0) {
        arrange(&summary);
        status = print(&summary);
    }
    for (size_t i = 0; i < summary.count; i++)
        free(summary.rows[i].standard_name);
    free(summary.rows);
    free(summary.row_of);
    return status == 0 ? 0 : kp_fail(error, "summary: out of memory");
}
