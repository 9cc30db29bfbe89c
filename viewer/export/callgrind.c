/* callgrind: text for KCachegrind and callgrind_annotate (valgrind's "Callgrind Format Specification"). Costs of a line
 * are its own; what calls cost stands with the call. Names are given a number at first sight and are that number
 * afterwards. Traps: functions are told apart by file and name alone, so overloads get their line in the name; and
 * readers add up what calls cost, so a call of itself costs nothing, or a recursive function would take more time than
 * there is. */
#include "viewer/export/export.h"

#include <stdlib.h>
#include <string.h>

struct names {
    const struct kp_call_graph *model;
    bool *file_seen;
    bool *function_seen;
    FILE *out;
};

static void put_clean(const char *text, FILE *out)
{
    for (; *text; text++)
        fputc(*text == '\n' || *text == '\r' ? ' ' : *text, out);
}

static void put_file(struct names *names, const char *key, size_t source)
{
    fprintf(names->out, "%s=(%zu)", key, source + 1);
    if (!names->file_seen[source]) {
        fputc(' ', names->out);
        put_clean(names->model->sources[source].path, names->out);
    }
    names->file_seen[source] = true;
    fputc('\n', names->out);
}

static int put_function(struct names *names, const char *key, size_t function)
{
    fprintf(names->out, "%s=(%zu)", key, function + 1);
    if (!names->function_seen[function]) {
        char *name = kp_call_graph_unique_name(names->model, function);
        if (!name)
            return -1;
        fputc(' ', names->out);
        put_clean(name, names->out);
        free(name);
    }
    names->function_seen[function] = true;
    fputc('\n', names->out);
    return 0;
}

static int put_calls(struct names *names, const struct kp_graph_function *function)
{
    const struct kp_call_graph *model = names->model;
    size_t file = function->source;
    for (size_t i = function->first_arc; i < function->end_arc; i++) {
        const struct kp_graph_arc *arc = &model->arcs[i];
        const struct kp_graph_function *callee = &model->functions[arc->callee];
        if (arc->calls == 0)
            continue;
        if (arc->source != file)
            put_file(names, arc->source == function->source ? "fe" : "fi", arc->source);
        file = arc->source;
        if (callee->source != file) /* as callgrind does: callgrind_annotate takes a named file for another one */
            put_file(names, "cfi", callee->source);
        if (put_function(names, "cfn", arc->callee) != 0)
            return -1;
        fprintf(names->out, "calls=%lld %lld\n%lld %lld\n", (long long)arc->calls, (long long)callee->line,
                (long long)arc->line, (long long)(arc->caller == arc->callee ? 0 : arc->total_ns));
    }
    return 0;
}

static int put_body(struct names *names, size_t number)
{
    const struct kp_call_graph *model = names->model;
    const struct kp_graph_function *function = &model->functions[number];
    size_t file = function->source;
    fputc('\n', names->out);
    put_file(names, "fl", function->source);
    if (put_function(names, "fn", number) != 0)
        return -1;
    for (size_t i = function->first_row; i < function->end_row; i++) {
        const struct kp_graph_line *line = &model->lines[i];
        if (line->hits == 0 && line->self_ns == 0)
            continue;
        if (line->source != file)
            put_file(names, line->source == function->source ? "fe" : "fi", line->source);
        file = line->source;
        fprintf(names->out, "%lld %lld %lld", (long long)line->line, (long long)line->self_ns, (long long)line->hits);
        for (size_t e = 0; e < model->event_count; e++)
            fprintf(names->out, " %lld", (long long)model->line_events[i * model->event_count + e]);
        fputc('\n', names->out);
    }
    if (function->first_row == function->end_row)
        fprintf(names->out, "%lld %lld %lld\n", (long long)function->line, (long long)function->self_ns,
                (long long)function->calls);
    if (file != function->source)
        put_file(names, "fe", function->source);
    return put_calls(names, function);
}

static int64_t sum_of_event(const struct kp_call_graph *model, size_t event)
{
    int64_t sum = 0;
    for (size_t i = 0; i < model->line_count; i++)
        sum += model->line_events[i * model->event_count + event];
    return sum;
}

static void put_head(const struct kp_export_job *job)
{
    const struct kp_call_graph *model = job->model;
    int64_t time_ns = 0;
    int64_t hits = 0;
    for (size_t i = 0; i < model->line_count; i++) {
        time_ns += model->lines[i].self_ns;
        hits += model->lines[i].hits;
    }
    for (size_t i = 0; i < model->function_count; i++)
        if (model->functions[i].first_row == model->functions[i].end_row) {
            time_ns += model->functions[i].self_ns;
            hits += model->functions[i].calls;
        }
    fputs("# callgrind format\nversion: 1\ncreator: kernprof " KP_VERSION "\ncmd: ", job->out);
    put_clean(model->command, job->out);
    fputs("\npositions: line\nevent: ns : Time (nanoseconds)\nevent: Hits : Hits of lines\n", job->out);
    for (size_t e = 0; e < model->event_count; e++) {
        fprintf(job->out, "event: %s : ", model->events[e].name);
        put_clean(model->events[e].unit, job->out);
        fputc('\n', job->out);
    }
    fputs("events: ns Hits", job->out);
    for (size_t e = 0; e < model->event_count; e++)
        fprintf(job->out, " %s", model->events[e].name);
    fprintf(job->out, "\nsummary: %lld %lld", (long long)time_ns, (long long)hits);
    for (size_t e = 0; e < model->event_count; e++)
        fprintf(job->out, " %lld", (long long)sum_of_event(model, e));
    fputc('\n', job->out);
}

int kp_export_callgrind(const struct kp_export_job *job, struct kp_error *error)
{
    const struct kp_call_graph *model = job->model;
    struct names names = {
        .model = model,
        .file_seen = calloc(model->source_count + 1, sizeof(bool)),
        .function_seen = calloc(model->function_count + 1, sizeof(bool)),
        .out = job->out,
    };
    int status = names.file_seen && names.function_seen ? 0 : -1;
    if (status == 0)
        put_head(job);
    for (size_t i = 0; i < model->function_count && status == 0; i++)
        if (model->functions[i].calls || model->functions[i].first_row != model->functions[i].end_row)
            status = put_body(&names, i);
    free(names.file_seen);
    free(names.function_seen);
    return status == 0 ? 0 : kp_fail(error, "callgrind: out of memory");
}
