/* lcov: hits as coverage (geninfo(1); the records of lcov 1, which every version and editor reads). A line that several
 * functions hold (a lambda's) has the most hits of them, as coverage has it. */
#include "viewer/export/export.h"

#include <stdlib.h>
#include <string.h>

static int by_line(const void *left, const void *right)
{
    const struct kp_graph_line *a = left;
    const struct kp_graph_line *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->hits < b->hits) - (a->hits > b->hits);
}

static int put_functions(const struct kp_call_graph *model, size_t source, FILE *out)
{
    size_t found = 0;
    size_t hit = 0;
    for (size_t i = 0; i < model->function_count; i++) {
        const struct kp_graph_function *function = &model->functions[i];
        if (function->source != source)
            continue;
        char *name = kp_call_graph_unique_name(model, i);
        if (!name)
            return -1;
        fprintf(out, "FN:%lld,%s\nFNDA:%lld,%s\n", (long long)function->line, name, (long long)function->calls, name);
        free(name);
        found++;
        hit += function->calls > 0;
    }
    fprintf(out, "FNF:%zu\nFNH:%zu\n", found, hit);
    return 0;
}

int kp_export_lcov(const struct kp_export_job *job, struct kp_error *error)
{
    const struct kp_call_graph *model = job->model;
    struct kp_graph_line *lines = calloc(model->line_count + 1, sizeof *lines);
    if (!lines)
        return kp_fail(error, "lcov: out of memory");
    if (model->line_count) {
        memcpy(lines, model->lines, model->line_count * sizeof *lines);
        qsort(lines, model->line_count, sizeof *lines, by_line);
    }
    int status = 0;
    for (size_t i = 0; i < model->line_count && status == 0;) {
        size_t source = lines[i].source;
        size_t found = 0;
        size_t hit = 0;
        fprintf(job->out, "TN:\nSF:%s\n", model->sources[source].path);
        status = put_functions(model, source, job->out);
        for (int64_t last = -1; i < model->line_count && lines[i].source == source; last = lines[i++].line) {
            if (lines[i].line == last)
                continue;
            fprintf(job->out, "DA:%lld,%lld\n", (long long)lines[i].line, (long long)lines[i].hits);
            found++;
            hit += lines[i].hits > 0;
        }
        fprintf(job->out, "LF:%zu\nLH:%zu\nend_of_record\n", found, hit);
    }
    free(lines);
    return status == 0 ? 0 : kp_fail(error, "lcov: out of memory");
}
