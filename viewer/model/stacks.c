/* See stacks.h. First the contexts of functions (a path of calls, and the share of the function's cost that belongs to
 * it), then the lines of each as samples. */
#include "viewer/model/stacks.h"

#include <stdlib.h>
#include <string.h>

/* Paths can be exponentially many. Past these limits the rest of a function's cost goes to the contexts that there are.
 */
enum { CONTEXTS_MAX = 1 << 17, DEPTH_MAX = 400 };

struct context {
    size_t function;
    size_t node; /* of the call's line, or KP_STACK_ROOT */
    double share;
};

struct builder {
    const struct kp_call_graph *model;
    struct kp_stacks *stacks;
    double *inflow;   /* of each function: what its callers' calls cost, recursion left out */
    double *calls_in; /* calls by callers, recursion included */
    double *reached;  /* sum of the shares of its contexts */
    bool *on_path;
    struct context *contexts;
    size_t context_count;
    size_t context_room;
};

/* Time, or calls: where no times were taken, and for a function that so little time fell into that none was seen. */
static bool counts_time(const struct builder *builder, size_t function)
{
    return builder->model->timed && builder->model->functions[function].total_ns > 0;
}

static double function_cost(const struct builder *builder, size_t function)
{
    const struct kp_graph_function *f = &builder->model->functions[function];
    return counts_time(builder, function) ? (double)f->total_ns : (double)f->calls;
}

static double arc_cost(const struct builder *builder, const struct kp_graph_arc *arc)
{
    return counts_time(builder, arc->callee) ? (double)arc->total_ns : (double)arc->calls;
}

/* What callers share: at least what their calls add up to. */
static double whole_cost(const struct builder *builder, size_t function)
{
    double cost = function_cost(builder, function);
    return cost > builder->inflow[function] ? cost : builder->inflow[function];
}

static void *grow(void *array, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return array;
    size_t more = count < 16 ? 32 : 2 * count;
    void *grown = reallocarray(array, more, size);
    if (grown)
        *room = more;
    return grown;
}

/* SIZE_MAX: out of memory. */
static size_t add_frame(struct kp_stacks *stacks, size_t function, size_t source, int64_t line)
{
    struct kp_frame frame = {function, source, line};
    uint32_t number = kp_index_add(&stacks->frame_keys, &frame, sizeof frame);
    if (number == KP_INDEX_NONE || number < stacks->frame_count)
        return number == KP_INDEX_NONE ? SIZE_MAX : number;
    struct kp_frame *frames = grow(stacks->frames, &stacks->frame_room, stacks->frame_count, sizeof *frames);
    if (!frames)
        return SIZE_MAX;
    stacks->frames = frames;
    frames[stacks->frame_count++] = frame;
    return number;
}

static size_t add_node(struct kp_stacks *stacks, size_t parent, size_t function, size_t source, int64_t line)
{
    struct kp_stack_node node = {parent, add_frame(stacks, function, source, line)};
    uint32_t number = node.frame == SIZE_MAX ? KP_INDEX_NONE : kp_index_add(&stacks->node_keys, &node, sizeof node);
    if (number == KP_INDEX_NONE || number < stacks->node_count)
        return number == KP_INDEX_NONE ? SIZE_MAX : number;
    struct kp_stack_node *nodes = grow(stacks->nodes, &stacks->node_room, stacks->node_count, sizeof *nodes);
    if (!nodes)
        return SIZE_MAX;
    stacks->nodes = nodes;
    nodes[stacks->node_count++] = node;
    return number;
}

/* What of a function's cost its callers do not account for: calls from code that is not profiled. */
static double root_share(const struct builder *builder, size_t number)
{
    const struct kp_graph_function *function = &builder->model->functions[number];
    double cost = function_cost(builder, number);
    if (builder->calls_in[number] >= (double)function->calls || cost <= builder->inflow[number])
        return builder->calls_in[number] == 0 ? 1 : 0;
    return (cost - builder->inflow[number]) / cost;
}

static int visit(struct builder *builder, size_t number, size_t node, double share, int depth)
{
    const struct kp_call_graph *model = builder->model;
    const struct kp_graph_function *function = &model->functions[number];
    struct context *contexts =
        grow(builder->contexts, &builder->context_room, builder->context_count, sizeof *contexts);
    if (!contexts)
        return -1;
    builder->contexts = contexts;
    contexts[builder->context_count++] = (struct context){number, node, share};
    builder->reached[number] += share;
    builder->on_path[number] = true;
    int status = 0;
    for (size_t i = function->first_arc; i < function->end_arc && status == 0; i++) {
        const struct kp_graph_arc *arc = &model->arcs[i];
        double whole = whole_cost(builder, arc->callee);
        double part = whole > 0 ? share * arc_cost(builder, arc) / whole : 0;
        if (builder->on_path[arc->callee] || part * whole < 0.5 || depth == DEPTH_MAX ||
            builder->context_count >= CONTEXTS_MAX)
            continue;
        size_t call = add_node(builder->stacks, node, number, arc->source, arc->line);
        status = call == SIZE_MAX ? -1 : visit(builder, arc->callee, call, part, depth + 1);
    }
    builder->on_path[number] = false;
    return status;
}

static int find_contexts(struct builder *builder)
{
    const struct kp_call_graph *model = builder->model;
    for (size_t i = 0; i < model->arc_count; i++) {
        const struct kp_graph_arc *arc = &model->arcs[i];
        builder->calls_in[arc->callee] += (double)arc->calls;
        if (arc->caller != arc->callee)
            builder->inflow[arc->callee] += arc_cost(builder, arc);
    }
    for (size_t i = 0; i < model->function_count; i++) {
        double share = root_share(builder, i);
        if (share > 0 && visit(builder, i, KP_STACK_ROOT, share, 0) != 0)
            return -1;
    }
    /* What no root leads to: cycles without an entry, and what the limits cut off. */
    for (size_t i = 0; i < model->function_count; i++)
        if (builder->reached[i] <= 0 && visit(builder, i, KP_STACK_ROOT, 1, 0) != 0)
            return -1;
    return 0;
}

/* Parts of one whole number that add up to it: each is the difference of two rounded running sums. */
struct parts {
    double sum;
    int64_t given;
};

static int64_t take_part(struct parts *parts, double share, int64_t whole)
{
    parts->sum += share;
    int64_t up_to = parts->sum >= 1 - 1e-9 ? whole : (int64_t)(parts->sum * (double)whole + 0.5);
    up_to = up_to > whole ? whole : up_to;
    int64_t part = up_to > parts->given ? up_to - parts->given : 0;
    parts->given += part;
    return part;
}

static int add_sample(struct builder *builder, const struct context *context, size_t source, int64_t line, int64_t hits,
                      int64_t self_ns)
{
    struct kp_stacks *stacks = builder->stacks;
    if (hits == 0 && self_ns == 0)
        return 0;
    size_t node = add_node(stacks, context->node, context->function, source, line);
    struct kp_stack_sample *samples =
        grow(stacks->samples, &stacks->sample_room, stacks->sample_count, sizeof *samples);
    if (node == SIZE_MAX || !samples)
        return -1;
    stacks->samples = samples;
    samples[stacks->sample_count++] = (struct kp_stack_sample){node, hits, self_ns};
    return 0;
}

/* A function without lines (of a .prof) is one line: its first, hit at every call. */
static int add_samples(struct builder *builder)
{
    const struct kp_call_graph *model = builder->model;
    size_t count = model->line_count + model->function_count;
    struct parts *hits = calloc(2 * count + 1, sizeof *hits);
    struct parts *times = hits + count;
    int status = hits ? 0 : -1;
    for (size_t i = 0; i < builder->context_count && status == 0; i++) {
        const struct context *context = &builder->contexts[i];
        const struct kp_graph_function *function = &model->functions[context->function];
        double share = context->share / builder->reached[context->function];
        for (size_t l = function->first_row; l < function->end_row && status == 0; l++) {
            const struct kp_graph_line *line = &model->lines[l];
            status = add_sample(builder, context, line->source, line->line, take_part(&hits[l], share, line->hits),
                                take_part(&times[l], share, line->self_ns));
        }
        size_t own = model->line_count + context->function;
        if (function->first_row == function->end_row)
            status = add_sample(builder, context, function->source, function->line,
                                take_part(&hits[own], share, function->calls),
                                take_part(&times[own], share, function->self_ns));
    }
    free(hits);
    return status;
}

int kp_stacks_build(struct kp_stacks *stacks, const struct kp_call_graph *model, struct kp_error *error)
{
    *stacks = (struct kp_stacks){0};
    size_t count = model->function_count + 1;
    double *numbers = calloc(3 * count, sizeof *numbers);
    struct builder builder = {
        .model = model,
        .stacks = stacks,
        .inflow = numbers,
        .calls_in = numbers + count,
        .reached = numbers + 2 * count,
        .on_path = calloc(count, sizeof(bool)),
    };
    int status = numbers && builder.on_path ? find_contexts(&builder) : -1;
    if (status == 0)
        status = add_samples(&builder);
    free(numbers);
    free(builder.on_path);
    free(builder.contexts);
    if (status != 0) {
        kp_stacks_free(stacks);
        return kp_fail(error, "profile: out of memory");
    }
    return 0;
}

void kp_stacks_free(struct kp_stacks *stacks)
{
    kp_index_free(&stacks->frame_keys);
    kp_index_free(&stacks->node_keys);
    free(stacks->frames);
    free(stacks->nodes);
    free(stacks->samples);
    *stacks = (struct kp_stacks){0};
}
