/* What is known of a module's times: shared by times_collect.c, which collects it, and times_solve.c, which charges the
 * calls. Nobody else looks into it. */
#ifndef KP_KERNPROF_ANALYZE_TIMES_TIMES_PARTS_H
#define KP_KERNPROF_ANALYZE_TIMES_TIMES_PARTS_H

#include "kernprof/analyze/times/times.h"

/* What is charged to a line for code of the function's own body holds for all of its activations; the part of the
 * outermost ones is taken when it is known who called whom. */
struct kp_timed_line {
    struct kp_line_time time;
    struct kp_line_time of_all;
    double looped_calls; /* of its recursive calls, those that no site makes */
};

/* The samples of a function's body are those of its lines, and those of what was inlined there; the others are of
 * counting. */
struct kp_timed_function {
    struct kp_timed_line *lines;
    unsigned line_count;
    uint64_t calls, inner_calls, outermost_calls;
    double body_ns, counting_ns;
};

/* What the segments say of a call site, added up. */
struct kp_timed_site {
    uint64_t calls, timed, inner_timed, seen_calls, outer_calls;
    int callee;            /* function of this module; -1: another, or not known */
    uint64_t target_calls; /* of a call through a pointer, those to `callee` */
    double ns, squares, inner_ns, cpu_wall_ns, cpu_ns;
};

struct kp_times {
    const struct kp_module_index *index;
    struct kp_timed_function *functions; /* by number in the index, as are the sites */
    unsigned function_count;
    struct kp_timed_site *sites;
    unsigned site_count;
    struct kp_arc *arcs;
    unsigned arc_count, arc_room;
    int failed; /* out of memory */
};

/* A new element of the list of arcs. */
void kp_times_add_arc(struct kp_times *times, struct kp_module_line at, const char *callee, uint64_t calls,
                      double time_ns);

void kp_times_add_time(struct kp_line_time *line, const struct kp_line_time *amount);

/* Adds to the time of every function once, at its outermost frame; own time belongs to the innermost. `of_all`: the
 * amount is that of all activations of the function whose body it is, which is the outermost frame. */
void kp_times_charge(struct kp_times *times, const struct kp_module_line *frames, unsigned count, int of_all,
                     const struct kp_line_time *amount);

#endif
