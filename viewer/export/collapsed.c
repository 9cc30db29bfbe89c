/* collapsed: one line per stack, `main (a.c:3);work (a.c:12) 1234`: nanoseconds of own time, or hits where no times
 * were taken. No semicolons inside of names. */
#include "viewer/export/export.h"

#include <string.h>

#include "viewer/model/stacks.h"

static void put_frame(const struct kp_call_graph *model, const struct kp_frame *frame, FILE *out)
{
    const char *path = model->sources[frame->source].path;
    const char *slash = strrchr(path, '/');
    for (const char *c = model->functions[frame->function].name; *c; c++)
        fputc(*c == ';' ? ',' : *c == '\n' ? ' ' : *c, out);
    fputs(" (", out);
    for (const char *c = slash ? slash + 1 : path; *c; c++)
        fputc(*c == ';' ? ',' : *c == '\n' ? ' ' : *c, out);
    fprintf(out, ":%lld)", (long long)frame->line);
}

/* Deeper than stacks.c makes them they cannot be, so that recursion is safe. */
static void put_stack(const struct kp_call_graph *model, const struct kp_stacks *stacks, size_t node, FILE *out)
{
    if (stacks->nodes[node].parent != KP_STACK_ROOT) {
        put_stack(model, stacks, stacks->nodes[node].parent, out);
        fputc(';', out);
    }
    put_frame(model, &stacks->frames[stacks->nodes[node].frame], out);
}

int kp_export_collapsed(const struct kp_export_job *job, struct kp_error *error)
{
    struct kp_stacks stacks;
    if (kp_stacks_build(&stacks, job->model, error) != 0)
        return -1;
    for (size_t i = 0; i < stacks.sample_count; i++) {
        const struct kp_stack_sample *sample = &stacks.samples[i];
        int64_t weight = job->model->timed ? sample->self_ns : sample->hits;
        if (weight == 0)
            continue;
        put_stack(job->model, &stacks, sample->node, job->out);
        fprintf(job->out, " %lld\n", (long long)weight);
    }
    kp_stacks_free(&stacks);
    return 0;
}
