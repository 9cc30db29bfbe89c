/* What is known of a module's times: shared by times.c, which collects it, and times_solve.c, which charges the calls.
 * Nobody else looks into it. */
#ifndef KP_KERNPROF_ANALYZE_TIMES_PARTS_H
#define KP_KERNPROF_ANALYZE_TIMES_PARTS_H

#include "kernprof/analyze/times.h"

enum { MAX_FRAMES = 64 };

/* What is charged to a line for code of the function's own body holds for all of its activations; the part of the
 * outermost ones is taken when it is known who called whom. */
struct line {
    struct kp_line_time time;
    struct kp_line_time of_all;
    double looped_calls; /* of its recursive calls, those that no site makes */
};

/* The samples of a function's body are those of its lines, and those of what was inlined there; the others are of
 * counting. */
struct function {
    struct kp_map_view view;
    struct line *lines;
    uint64_t calls, inner_calls, outermost_calls;
    double body_ns, counting_ns;
};

struct name {
    const char *name; /* linkage name */
    unsigned function;
};

/* A line of the source and a function that has it, for finding functions by place. */
struct place {
    const char *path;
    uint32_t line;
    unsigned function;
    unsigned index; /* of the line in the function */
};

struct site {
    const struct kp_map_site *record;
    unsigned view;     /* index of its record of sites */
    unsigned function; /* whose body it is in */
    uint64_t word;     /* index of its first word */
    uint64_t calls, timed, inner_timed, seen_calls, outer_calls;
    int callee;            /* function of this module; -1: another, or not known */
    uint64_t target_calls; /* of a call through a pointer, those to `callee` */
    double ns, squares, inner_ns, cpu_wall_ns, cpu_ns;
};

/* A counter that the calls of a site tell. Both by their words. */
struct fused {
    uint64_t counter, site;
    uint32_t step;
};

/* Where time is charged to. */
struct charged {
    unsigned function;
    unsigned line;
};

struct kp_times {
    struct function *functions;
    unsigned function_count;
    struct name *names; /* sorted */
    struct place *places;
    size_t place_count;
    struct kp_sites_view *views;
    unsigned view_count;
    struct site *sites; /* in ascending order of their words */
    unsigned site_count;
    struct fused *fused;
    unsigned fused_count;
    struct kp_arc *arcs;
    unsigned arc_count, arc_room;
    int by_function;
    int failed; /* out of memory */
};

/* A new element of the list of arcs. */
void kp_times_add_arc(struct kp_times *t, struct charged at, const char *callee, uint64_t calls, double time_ns);

const char *kp_times_linkage_name(const struct kp_times *t, unsigned function);

/* Whether the function's body is the one that was made after inlining: what was inlined there belongs to it. */
int kp_times_is_calls_only(const struct kp_times *t, unsigned function);

/* The profiled frames of a call site, innermost first; MAX_FRAMES at most. */
unsigned kp_times_frames_of_site(const struct kp_times *t, const struct site *site, struct charged *frames);

/* The path of the function's file. */
const char *kp_times_file(const struct kp_times *t, unsigned function);

/* The listed function of that linkage name, of the caller's own file where there are several; -1: none. */
int kp_times_find_by_name(const struct kp_times *t, const char *name, unsigned caller);

void kp_times_add_time(struct kp_line_time *line, const struct kp_line_time *amount);

/* Adds to the time of every function once, at its outermost frame; own time belongs to the innermost. `of_all`: the
 * amount is that of all activations of the function whose body it is, which is the outermost frame. */
void kp_times_charge(struct kp_times *t, const struct charged *frames, unsigned count, int of_all,
                     const struct kp_line_time *amount);

#endif
