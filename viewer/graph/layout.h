/* Pictures of graphs, by Graphviz' library. */
#ifndef KP_VIEWER_GRAPH_LAYOUT_H
#define KP_VIEWER_GRAPH_LAYOUT_H

#include <stdbool.h>
#include <stdio.h>

#include "util/error.h"

/* Was kernprof built with what lays out graphs? */
bool kp_layout_available(void);

/* Lays `dot`, a graph in Graphviz' language, out and writes it as "svg", "pdf" or "png".
 * -1 with `error` filled: this kernprof was built without Graphviz, or that failed. */
int kp_layout_render(const char *dot, const char *format, FILE *out, struct kp_error *error);

#endif
