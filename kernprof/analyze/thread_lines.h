/* What each thread did of a module's lines: its hits, and its share of their time.
 *
 * A thread is one segment of the counter file. Threads that run at the same time have different ones; a thread that
 * starts after another has ended goes on in its segment, and counts as the same. */
#ifndef KP_KERNPROF_ANALYZE_THREAD_LINES_H
#define KP_KERNPROF_ANALYZE_THREAD_LINES_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "kernprof/analyze/module/module_index.h"

struct kp_thread_line {
    unsigned function, line; /* as the module's index numbers them */
    unsigned thread;         /* from 1, in the order in which the threads of its process began to count */
    uint64_t hits;
    double ns; /* of calls on the line; in mode exact of all the line */
};

/* What a segment holds of a function that ran, until it is solved. */
struct kp_thread_part;

/* Start with {0}; end with kp_thread_lines_free. */
struct kp_thread_lines {
    struct kp_thread_part *parts;
    size_t part_count;
    struct kp_thread_line *rows; /* when it is solved: sorted by function, line and thread, each once */
    size_t count;
    int several; /* there is more than one thread */
};

/* Adds what a segment of the module's counters holds, as it is: nothing is solved yet. 0, or -1 out of memory. */
int kp_thread_lines_add(struct kp_thread_lines *lines, const struct kp_module_index *index, const uint64_t *words,
                        double tick_ns, unsigned thread);

/* Makes the rows of what was added. 0, or -1 out of memory. */
int kp_thread_lines_solve(struct kp_thread_lines *lines, const struct kp_module_index *index);

extern const char kp_thread_lines_insert[];

struct kp_line_of_threads {
    unsigned function, line;
    int64_t function_id, source, number; /* as the profile has them */
    uint64_t hits;
    double time_ns;
};

/* Writes the rows of a line, with kp_thread_lines_insert. What of its time is not known to be of one thread is shared
 * out by hits. 0, or -1 where it cannot be written. */
int kp_thread_lines_write(const struct kp_thread_lines *lines, sqlite3_stmt *insert,
                          const struct kp_line_of_threads *line);

void kp_thread_lines_free(struct kp_thread_lines *lines);

#endif
