/* What was joined: shared by join.c, which adds counter files, join_solve.c, which makes counts and times of them, and
 * join_exact.c, and join_write.c, which writes them. Nobody else looks into it. */
#ifndef KP_KERNPROF_ANALYZE_JOINED_H
#define KP_KERNPROF_ANALYZE_JOINED_H

#include "format/counters_reader.h"
#include "kernprof/analyze/symbolize.h"
#include "kernprof/analyze/join.h"
#include "kernprof/analyze/join_memory.h"
#include "kernprof/analyze/thread_lines.h"
#include "kernprof/analyze/timer_sums.h"
#include "kernprof/analyze/times.h"

/* A module, by the content of its map; loads of it in several processes are one. */
struct module {
    uint64_t hash;
    char *path;
    char *copy; /* path of a copy of its file, for as long as the counters' folder is there; NULL: there is none */
    char build_id[65];
    unsigned char *map;
    uint64_t map_size, map_address, counters_address, counters_size;
    uint64_t *words; /* sums; time in nanoseconds */
    struct kp_times *times;
    int64_t *first_words; /* of each function, among `words`; -1: none */
    struct kp_thread_lines threads;
    struct kp_symbolizer *code; /* opened when first asked for; NULL where there is none */
    int code_tried;
    struct solved *solved;         /* by function */
    struct kp_memory_line *memory; /* sums, kp_memory_count of them; NULL: memory was not measured */
};

/* What the counters of a function come to. */
struct solved {
    uint64_t *hits; /* by line */
    uint64_t calls, inner_calls;
    int exact;       /* its times are those of timestamps */
    double loops_ns; /* of loops that call it: what they say beyond its samples (join_exact.c) */
    double scale;    /* of its samples' time, for that */
    int64_t id;      /* its row */
};

/* A process leaves one file per program that it executed. `clean` and the end are those of the last one. */
struct process {
    uint32_t pid, clean;
    uint64_t start_ns, mono_start_ns;
    uint64_t last_start_ns, mono_end_ns;
    uint64_t threads; /* that counted */
    char *command;    /* the last one; NULL: not known */
};

struct kp_join {
    const char *folder; /* that is being added; NULL: none */
    struct module *modules;
    unsigned module_count;
    struct process *processes;
    unsigned process_count;
    unsigned function_count;
    unsigned damaged;
    int by_function;
    struct kp_samples samples;
    const char *sampler; /* NULL: nothing was sampled */
    struct kp_timer_sums timers;
    uint64_t uncounted;
    struct kp_join_memory memory;
};

/* A profiled function by its linkage name. */
struct kp_named {
    const char *name;
    unsigned module, function;
};

/* All of them, sorted; `rows` is to be freed. */
struct kp_names {
    struct kp_named *rows;
    size_t count;
};

/* The module's file with its symbols and debug information; NULL: there is none any more. */
struct kp_symbolizer *kp_join_symbolizer(struct module *m);

/* Makes counts and times of what was added: `solved` and `times` of every module. 0, or -1 out of memory. */
int kp_join_solve(struct kp_join *join, struct kp_names *names);

/* Mode exact: completes what timestamps left out (join_exact.c). 0, or -1 out of memory. */
int kp_join_complete_exact(struct kp_join *join, const struct kp_names *names);

/* Of several functions of one name (static ones), that of the caller's own module and file; NULL: none. */
const struct kp_named *kp_join_find_callee(const struct kp_join *join, const struct kp_names *names, const char *name,
                                           unsigned module, const char *file);

/* NULL: it did not count. */
struct process *kp_join_find_process(const struct kp_join *join, uint32_t pid);

#endif
