/* See layout.h. */
#include "viewer/graph/layout.h"

#ifdef KP_GRAPHVIZ

#include <graphviz/gvc.h>

/* Graphviz warns of missing fonts and the like, for which its readers have no use. */
static int be_silent(char *message)
{
    (void)message;
    return 0;
}

bool kp_layout_available(void)
{
    return true;
}

int kp_layout_render(const char *dot, const char *format, FILE *out, struct kp_error *error)
{
    agseterrf(be_silent);
    GVC_t *context = gvContext();
    Agraph_t *graph = context ? agmemread(dot) : NULL;
    int status = -1;
    if (graph && gvLayout(context, graph, "dot") == 0) {
        status = gvRender(context, graph, format, out);
        gvFreeLayout(context, graph);
    }
    if (graph)
        agclose(graph);
    if (context)
        gvFreeContext(context);
    return status == 0
               ? 0
               : kp_fail(error, "graph: Graphviz cannot draw it as %s: install its package graphviz, or write a .dot",
                         format);
}

#else

bool kp_layout_available(void)
{
    return false;
}

int kp_layout_render(const char *dot, const char *format, FILE *out, struct kp_error *error)
{
    (void)dot;
    (void)out;
    return kp_fail(error,
                   "graph: built without Graphviz, which draws %s: install libgraphviz-dev and build kernprof again, "
                   "or write a .dot",
                   format);
}

#endif
