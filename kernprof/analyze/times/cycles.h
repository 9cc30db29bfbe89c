/* Cycles of a call graph: which functions can be under an activation of themselves. */
#ifndef KP_KERNPROF_ANALYZE_TIMES_CYCLES_H
#define KP_KERNPROF_ANALYZE_TIMES_CYCLES_H

struct kp_edge {
    unsigned from, to;
};

/* Finds the strongly connected components (Tarjan 1972, "Depth-first search and linear graph algorithms") of a graph of
 * `count` nodes. component[i] becomes the number of node i's component. The edges are sorted. 0, or -1 out of memory.
 */
int kp_cycles_find(unsigned count, struct kp_edge *edges, unsigned edge_count, unsigned *component);

#endif
