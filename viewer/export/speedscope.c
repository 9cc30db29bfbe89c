/* speedscope (https://www.speedscope.app/file-format-schema.json): one profile of time and one of hits. The line stands
 * in the name of a frame too: speedscope tells frames apart by name, and its list would put a function's lines
 * together. */
#include "viewer/export/export.h"
#include "util/json.h"
#include "viewer/model/stacks.h"

#include <stdlib.h>

static void add_frames(struct json_object *frames, const struct kp_call_graph *model, const struct kp_stacks *stacks)
{
    for (size_t i = 0; i < stacks->frame_count; i++) {
        const struct kp_frame *frame = &stacks->frames[i];
        struct json_object *made = kp_json_append_object(frames);
        char *name;
        if (asprintf(&name, "%s:%lld", model->functions[frame->function].name, (long long)frame->line) < 0)
            name = NULL;
        kp_json_text(made, "name", name ? name : "");
        kp_json_text(made, "file", model->sources[frame->source].path);
        kp_json_integer(made, "line", frame->line);
        free(name);
    }
}

/* Outermost first. */
static void add_stack(struct json_object *stack, const struct kp_stacks *stacks, size_t node)
{
    if (stacks->nodes[node].parent != KP_STACK_ROOT)
        add_stack(stack, stacks, stacks->nodes[node].parent);
    kp_json_append_integer(stack, (int64_t)stacks->nodes[node].frame);
}

static void add_profile(struct json_object *profiles, const struct kp_stacks *stacks, bool hits)
{
    struct json_object *profile = kp_json_append_object(profiles);
    kp_json_text(profile, "type", "sampled");
    kp_json_text(profile, "name", hits ? "hits" : "time");
    kp_json_text(profile, "unit", hits ? "none" : "nanoseconds");
    kp_json_integer(profile, "startValue", 0);
    struct json_object *samples = kp_json_array(profile, "samples");
    struct json_object *weights = kp_json_array(profile, "weights");
    int64_t sum = 0;
    for (size_t i = 0; i < stacks->sample_count; i++) {
        int64_t weight = hits ? stacks->samples[i].hits : stacks->samples[i].self_ns;
        if (weight == 0)
            continue;
        add_stack(kp_json_append_array(samples), stacks, stacks->samples[i].node);
        kp_json_append_integer(weights, weight);
        sum += weight;
    }
    kp_json_integer(profile, "endValue", sum);
}

int kp_export_speedscope(const struct kp_export_job *job, struct kp_error *error)
{
    struct kp_stacks stacks;
    if (kp_stacks_build(&stacks, job->model, error) != 0)
        return -1;
    struct json_object *document = json_object_new_object();
    kp_json_text(document, "$schema", "https://www.speedscope.app/file-format-schema.json");
    kp_json_text(document, "exporter", "kernprof@" KP_VERSION);
    kp_json_text(document, "name", job->model->command);
    kp_json_integer(document, "activeProfileIndex", 0);
    add_frames(kp_json_array(kp_json_object(document, "shared"), "frames"), job->model, &stacks);
    struct json_object *profiles = kp_json_array(document, "profiles");
    if (job->model->timed)
        add_profile(profiles, &stacks, false);
    add_profile(profiles, &stacks, true);
    kp_stacks_free(&stacks);
    kp_json_write(document, job->out);
    return 0;
}
