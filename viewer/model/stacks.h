/* Call stacks, for formats that know nothing else.
 *
 * A profile holds who called whom from which line, and how long that took, but not whole stacks. They are put together
 * as gprof does (Graham, Kessler, McKusick 1982): of what a function costs, each caller answers for the share that its
 * own calls took. So stacks are exact where a function has one caller, and an estimate where it has several whose own
 * callers differ. Recursion is folded: a function appears once in a stack, all of its own time in it. What is exact in
 * any case: the sums over all stacks of every line's own time and hits. */
#ifndef KP_VIEWER_MODEL_STACKS_H
#define KP_VIEWER_MODEL_STACKS_H

#include "util/index.h"
#include "viewer/model/call_graph.h"

/* A line of a function: the innermost frame of a stack is where the time went, the others hold the calls. */
struct kp_frame {
    size_t function;
    size_t source;
    int64_t line;
};

#define KP_STACK_ROOT SIZE_MAX

/* A stack: that of `parent`, and a frame on it. Parents come before what stands on them. */
struct kp_stack_node {
    size_t parent;
    size_t frame;
};

struct kp_stack_sample {
    size_t node;
    int64_t hits;
    int64_t self_ns;
};

struct kp_stacks {
    struct kp_index frame_keys;
    struct kp_index node_keys;
    struct kp_frame *frames;
    struct kp_stack_node *nodes;
    struct kp_stack_sample *samples; /* none without hits and time */
    size_t frame_count, node_count, sample_count;
    size_t frame_room, node_room, sample_room;
};

/* -1 with `error` filled: out of memory, nothing then to free. */
int kp_stacks_build(struct kp_stacks *stacks, const struct kp_call_graph *model, struct kp_error *error);

void kp_stacks_free(struct kp_stacks *stacks);

#endif
