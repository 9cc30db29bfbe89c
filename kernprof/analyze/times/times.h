/* The times of a module's lines and calls, from timed calls and samples of the program counter.
 *
 * A line's time is its own time, by samples of the instrumented code, and the time of the calls on it. A call site
 * gives the exact number of its calls and the lengths of some or all of them; what it gives is charged to the line
 * where the call is written and to the lines that it was inlined at. An arc has it without what counting takes in the
 * callee, as the callee's own lines have: that is on no line, and known by samples of code that belongs to none.
 *
 * First everything is added (times_collect.c), then kp_times_solve charges the calls (times_solve.c). Functions, lines
 * and sites are numbered as in the module's index. */
#ifndef KP_KERNPROF_ANALYZE_TIMES_TIMES_H
#define KP_KERNPROF_ANALYZE_TIMES_TIMES_H

#include <stdint.h>

#include "kernprof/analyze/module/function_names.h"
#include "kernprof/analyze/module/module_index.h"
#include "kernprof/analyze/module/symbolize.h"

struct kp_times;

struct kp_line_time {
    double time_ns;  /* of the function's outermost activations, calls included */
    double self_ns;  /* of all activations, without calls of profiled functions */
    double wait_ns;  /* part of time_ns in which the thread did not run */
    double variance; /* of time_ns, in ns^2 */
};

/* Calls of `callee` from a line of function number `function`. */
struct kp_arc {
    unsigned function;
    unsigned line;
    const char *callee; /* linkage name; lives as long as the map or the code file that it came from */
    uint64_t calls;
    double time_ns;
};

/* For the module with this index, which must outlive it. NULL: out of memory. */
struct kp_times *kp_times_new(const struct kp_module_index *index);

/* NULL is allowed. */
void kp_times_free(struct kp_times *times);

/* Adds what a thread's segment says of the call sites. */
void kp_times_add_segment(struct kp_times *times, const uint64_t *words, double tick_ns);

/* Calls of the function named `callee` through a pointer; `word` is the site's first word among the counters. */
void kp_times_add_target(struct kp_times *times, uint64_t word, const char *callee, uint64_t calls);

/* The solved counts of a function: its calls, those within another activation of it, and the counts of its blocks. */
void kp_times_set_counts(struct kp_times *times, unsigned function, uint64_t calls, uint64_t inner_calls,
                         const uint64_t *block_counts);

/* Samples of one place of the module's code, resolved. After kp_times_set_counts. */
void kp_times_add_samples(struct kp_times *times, const struct kp_code_place *place, const char *symbol, double time_ns,
                          uint64_t samples);

/* Charges the calls of all modules, which are in the order in which `names` lists their functions; to be called once,
 * when everything has been added. 0, or -1 out of memory. */
int kp_times_solve(struct kp_times *const *modules, unsigned count, const struct kp_function_names *names);

/* After kp_times_solve. Calls with no other activation of the function under them. */
uint64_t kp_times_outermost_calls(const struct kp_times *times, unsigned function);

/* After kp_times_solve. Arcs are sorted by function, line and callee, each once. */
const struct kp_line_time *kp_times_line(const struct kp_times *times, unsigned function, unsigned line);
const struct kp_arc *kp_times_arcs(const struct kp_times *times, unsigned *count);

#endif
