/* What was joined: shared by join_add.c, which adds counter files, join_solve.c, join_samples.c and join_exact.c, which
 * make counts and times of them, and join_write.c, which writes them. Nobody else looks into it. */
#ifndef KP_KERNPROF_ANALYZE_JOINED_H
#define KP_KERNPROF_ANALYZE_JOINED_H

#include "format/memory.h"
#include "kernprof/analyze/module/function_names.h"
#include "kernprof/analyze/join.h"
#include "kernprof/analyze/join_memory.h"
#include "kernprof/analyze/line_events.h"
#include "kernprof/analyze/module/module_index.h"
#include "kernprof/analyze/module/symbolize.h"
#include "kernprof/analyze/thread_lines.h"
#include "kernprof/analyze/timer_sums.h"
#include "kernprof/analyze/times/times.h"

/* A module, by the content of its map; loads of it in several processes are one. */
struct kp_joined_module {
    uint64_t hash;
    char *path;
    char *copy; /* path of a copy of its file, for as long as the counters' folder is there; NULL: there is none */
    char build_id[65];
    unsigned char *map;
    uint64_t map_size, counters_size;
    uint64_t *words; /* sums; time in nanoseconds */
    struct kp_module_index *index;
    struct kp_times *times;
    struct kp_thread_lines threads;
    struct kp_symbolizer *code; /* opened when first asked for; NULL where there is none */
    int code_tried;
    struct kp_solved_function *solved; /* by function; NULL until everything is solved */
    struct kp_memory_line *memory;     /* sums, kp_memory_count of them; NULL: memory was not measured */
};

/* What the counters of a function come to. */
struct kp_solved_function {
    uint64_t *hits; /* by line */
    uint64_t calls, inner_calls;
    int exact;       /* its times are those of timestamps */
    double loops_ns; /* of loops that call it: what they say beyond its samples (join_exact.c) */
    double scale;    /* of its samples' time, for that */
};

/* A process leaves one file per program that it executed. `clean` and the end are those of the last one. */
struct kp_joined_process {
    uint32_t pid, clean;
    uint64_t start_ns, mono_start_ns;
    uint64_t last_start_ns, mono_end_ns;
    uint64_t threads; /* that counted */
    char *command;    /* the last one; NULL: not known */
};

struct kp_join {
    const char *folder; /* that is being added; NULL: none */
    struct kp_joined_module *modules;
    unsigned module_count;
    struct kp_joined_process *processes;
    unsigned process_count;
    unsigned function_count;
    unsigned damaged;
    int by_function;
    int is_solved;
    struct kp_samples samples;
    const char *sampler;          /* NULL: nothing was sampled */
    struct kp_line_events events; /* when it is solved */
    struct kp_timer_sums timers;
    uint64_t uncounted;
    struct kp_join_memory memory;
    struct kp_function_names names; /* of all modules, when it is solved */
};

/* Frees what the module holds, which may be filled in part. */
void kp_joined_module_free(struct kp_joined_module *module);

/* The module's file with its symbols and debug information; NULL: there is none any more. */
struct kp_symbolizer *kp_joined_symbolizer(struct kp_joined_module *module);

/* The function's words among the module's sums: its counters, then those of its activations. It must have some. */
uint64_t *kp_joined_words(const struct kp_joined_module *module, unsigned function);

/* NULL: it did not count. */
struct kp_joined_process *kp_joined_process(const struct kp_join *join, uint32_t pid);

/* Charges samples to lines: their time, and their events (join_samples.c). 0, or -1 out of memory. */
int kp_join_charge_samples(struct kp_join *join);

/* Mode exact: completes what timestamps left out, when all else is solved (join_exact.c). 0, or -1 out of memory. */
int kp_join_complete_exact(struct kp_join *join);

#endif
