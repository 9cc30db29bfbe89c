/* cpuprofile: V8's format (DevTools protocol, Profiler.Profile). VS Code opens it and then shows the time beside the
 * lines of the sources, of any language.
 *
 * Every line on a stack is a node of its own: VS Code has no time for what is a mere tick inside of a node. A sample
 * lasts until the next one, so that the time of sample i is the delta of sample i + 1, and one of the root comes last.
 */
#include "viewer/export/export.h"
#include "util/json.h"
#include "viewer/model/stacks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* file:// and the path, with what a URL cannot hold as %XX. To be freed. */
static char *url_of(const char *path)
{
    char *url = malloc(3 * strlen(path) + sizeof "file://");
    if (!url)
        return NULL;
    char *end = stpcpy(url, "file://");
    for (; *path; path++)
        if (isalnum((unsigned char)*path) || strchr("/-_.~+@", *path))
            *end++ = *path;
        else
            end += sprintf(end, "%%%02X", (unsigned char)*path);
    *end = '\0';
    return url;
}

static struct json_object *add_node(struct json_object *nodes, int64_t id, const char *name, const char *url,
                                    int64_t line)
{
    struct json_object *node = kp_json_append_object(nodes);
    kp_json_integer(node, "id", id);
    struct json_object *frame = kp_json_object(node, "callFrame");
    kp_json_text(frame, "functionName", name);
    kp_json_text(frame, "scriptId", "0");
    kp_json_text(frame, "url", url);
    kp_json_integer(frame, "lineNumber", line);
    kp_json_integer(frame, "columnNumber", line < 0 ? -1 : 0);
    return node;
}

/* Node 1 is the root; node i of the stacks is i + 2. */
static int add_nodes(struct json_object *nodes, const struct kp_call_graph *model, const struct kp_stacks *stacks,
                     const int *sampled)
{
    struct json_object **children = calloc(stacks->node_count + 1, sizeof(struct json_object *));
    if (!children)
        return -1;
    struct json_object *root = add_node(nodes, 1, "(root)", "", -1);
    kp_json_integer(root, "hitCount", 0);
    children[0] = kp_json_array(root, "children");
    for (size_t i = 0; i < stacks->node_count; i++) {
        const struct kp_frame *frame = &stacks->frames[stacks->nodes[i].frame];
        char *url = url_of(model->sources[frame->source].path);
        struct json_object *node =
            add_node(nodes, (int64_t)i + 2, model->functions[frame->function].name, url ? url : "", frame->line - 1);
        free(url);
        kp_json_integer(node, "hitCount", sampled[i]);
        children[i + 1] = kp_json_array(node, "children");
        size_t parent = stacks->nodes[i].parent;
        kp_json_append_integer(children[parent == KP_STACK_ROOT ? 0 : parent + 1], (int64_t)i + 2);
    }
    free(children);
    return 0;
}

/* Microseconds: rounded where a sample begins, so that rounding does not add up. */
static void add_samples(struct json_object *document, const struct kp_export_job *job, const struct kp_stacks *stacks,
                        int *sampled)
{
    struct json_object *samples = kp_json_array(document, "samples");
    struct json_object *deltas = kp_json_array(document, "timeDeltas");
    int64_t scale = job->model->timed ? 1000 : 1; /* hits, where no times were taken: one microsecond each */
    int64_t now = 0;
    int64_t given = 0;
    for (size_t i = 0; i <= stacks->sample_count; i++) {
        const struct kp_stack_sample *sample = i < stacks->sample_count ? &stacks->samples[i] : NULL;
        int64_t weight = !sample ? 0 : job->model->timed ? sample->self_ns : sample->hits;
        if (sample && weight == 0)
            continue;
        kp_json_append_integer(samples, sample ? (int64_t)sample->node + 2 : 1);
        kp_json_append_integer(deltas, now / scale - given);
        given = now / scale;
        now += weight;
        if (sample)
            sampled[sample->node] = 1;
    }
    int64_t start = (int64_t)(job->model->start_s * 1e6);
    kp_json_integer(document, "startTime", start);
    kp_json_integer(document, "endTime", start + given);
}

int kp_export_cpuprofile(const struct kp_export_job *job, struct kp_error *error)
{
    struct kp_stacks stacks;
    if (kp_stacks_build(&stacks, job->model, error) != 0)
        return -1;
    struct json_object *document = json_object_new_object();
    int *sampled = calloc(stacks.node_count + 1, sizeof *sampled);
    int status = sampled ? 0 : -1;
    if (status == 0) {
        struct json_object *nodes = kp_json_array(document, "nodes");
        add_samples(document, job, &stacks, sampled);
        status = add_nodes(nodes, job->model, &stacks, sampled);
    }
    free(sampled);
    kp_stacks_free(&stacks);
    if (status != 0) {
        json_object_put(document);
        return kp_fail(error, "cpuprofile: out of memory");
    }
    kp_json_write(document, job->out);
    return 0;
}
