/* The memory part of a join (see join.h): what the lines of a module allocated, added up over processes, and what the
 * processes did as wholes. */
#ifndef KP_KERNPROF_ANALYZE_JOIN_MEMORY_H
#define KP_KERNPROF_ANALYZE_JOIN_MEMORY_H

#include <sqlite3.h>

#include "format/memory_reader.h"
#include "util/error.h"

/* Of one process. */
struct kp_join_memory_process {
    uint32_t pid;
    struct kp_memory_totals totals;
};

struct kp_join_memory {
    struct kp_join_memory_process *processes;
    unsigned process_count;
};

void kp_join_memory_free(struct kp_join_memory *memory);

/* Notes the totals of a counter file; its latest peak's number goes to *peak_number (0: memory was not measured).
 * 0, or -1: out of memory. */
int kp_join_memory_add_process(struct kp_join_memory *memory, const struct kp_counters *file, uint64_t *peak_number);

/* Adds the records of a chunk to a module's sums, which are made when there are none yet: kp_memory_count of them.
 * 0, or -1: out of memory. */
int kp_join_memory_add_lines(struct kp_memory_line **sums, uint64_t counters_size, const struct kp_memory_line *lines,
                             uint64_t count, uint64_t peak_number);

/* The statement that kp_join_memory_write_line fills. */
extern const char kp_join_memory_insert_line[];

/* 0 or -1. */
int kp_join_memory_write_line(sqlite3_stmt *insert, int64_t function, int64_t source, int64_t line, int64_t occurrences,
                              const struct kp_memory_line *sums);

/* 0, or -1 with `error`. */
int kp_join_memory_write_processes(const struct kp_join_memory *memory, sqlite3 *profile, struct kp_error *error);

#endif
