/* Memory over time as a script for gnuplot. */
#ifndef KP_VIEWER_GRAPH_MEMORY_PLOT_H
#define KP_VIEWER_GRAPH_MEMORY_PLOT_H

#include <stdio.h>

#include "viewer/model/memory_series.h"

struct kp_memory_plot_options {
    const char *terminal; /* gnuplot's, with its options */
    const char *title;    /* NULL: the command */
    int text;             /* the terminal draws with characters: fewer lines, no brackets */
    int flame;            /* calls as boxes below the curve */
    int slope;
    int no_functions;
    int has_window;
    double window_start_s, window_end_s;
};

/* Writes the script. One recording is drawn with its calls and children, several over one another without. */
void kp_memory_plot_write(const struct kp_memory_series *series, size_t count,
                          const struct kp_memory_plot_options *options, FILE *out);

#endif
