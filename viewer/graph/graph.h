/* The call graph, as gprof2dot draws it, in Graphviz' language. */
#ifndef KP_VIEWER_GRAPH_GRAPH_H
#define KP_VIEWER_GRAPH_GRAPH_H

#include <stdio.h>

#include "viewer/model/call_graph.h"

struct kp_graph_options {
    double node_percent; /* functions and calls below this share of the whole are left out */
    double edge_percent;
    const char *root; /* glob: only what these functions call, directly or not; NULL: all */
    const char *leaf; /* glob: only what comes to these functions; NULL: all */
    long depth;       /* at most so many calls from the roots (to the leaves, where only they are given); -1: all */
    bool wrap;        /* break long names */
    bool strip;       /* names without arguments and template parameters */
    bool self_colours;
    size_t theme; /* index of kp_graph_theme_name */
};

/* 0.5 and 0.1 %, as gprof2dot has them, in colours by total time. */
struct kp_graph_options kp_graph_defaults(void);

/* NULL behind the last. */
const char *kp_graph_theme_name(size_t index);

/* -1 with `error` filled: a glob that matches nothing, or no memory. Whether all was really written is for the caller
 * to check. */
int kp_graph_write(const struct kp_call_graph *model, const struct kp_graph_options *options, FILE *out,
                   struct kp_error *error);

#endif
