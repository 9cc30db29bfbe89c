/* What memprof leaves in the counter file: two more kinds of chunks (see counters.h).
 *
 * The interposer (runtime/memory/) writes here while the program runs, so that it survives any end of it. A module's
 * lines are found as the module's counters are: the record of a line stands at the index that kp_memory_index gives for
 * the place of the line's words among the module's counters. Unlike counters, records are shared by all threads: a
 * block is freed by whom it may. */
#ifndef KP_FORMAT_MEMORY_H
#define KP_FORMAT_MEMORY_H

#include "format/counters.h"
#include "format/map.h"

/* In the environment of a program that memprof runs: KP_MEMORY_HEAP, or KP_MEMORY_RESIDENT (--rss). */
#define KP_ENV_MEMORY "KERNPROF_MEMORY"
#define KP_MEMORY_HEAP "heap"
#define KP_MEMORY_RESIDENT "rss"
#define KP_MEMORY_CALLS "calls:" /* memprof run; the shortest call to record follows, in nanoseconds */

enum kp_memory_chunk_kind { KP_CHUNK_MEMORY_TOTALS = 16, KP_CHUNK_MEMORY_LINES = 17, KP_CHUNK_MEMORY_CALLS = 18 };

/* Bytes are those that the program asked for. `frees` and `freed_bytes` are what the line freed, whoever allocated it;
 * `live_*` what it allocated and nobody has freed. A reallocation counts as a free and an allocation. */
struct kp_memory_line {
    uint64_t allocations;
    uint64_t allocated_bytes;
    uint64_t frees;
    uint64_t freed_bytes;
    uint64_t temporary; /* allocations that their thread freed before it allocated or freed anything else */
    int64_t live_blocks;
    int64_t live_bytes;
    int64_t at_peak_bytes;   /* live_bytes at the process's peak number `peak_number` */
    uint64_t peak_number;    /* see kp_memory_at_peak */
    int64_t increment_bytes; /* what memory grew by while the line ran, callees included */
    int64_t usage_bytes;     /* the most that was in use after the line */
    uint64_t left_out; /* 1: of a function that is for lines alone; what it does is charged to its caller's line */
};

/* Of a process. */
struct kp_memory_totals {
    uint64_t allocations; /* of the malloc family and C++ new */
    uint64_t allocated_bytes;
    uint64_t frees;
    uint64_t freed_bytes;
    uint64_t temporary;
    uint64_t mappings; /* anonymous memory mapped by the program itself */
    uint64_t mapped_bytes;
    uint64_t unmapped_bytes;
    int64_t live_blocks;
    int64_t in_use_bytes;
    int64_t peak_bytes;
    uint64_t peak_number;          /* how many times a new peak was reached */
    uint64_t lost;                 /* events that could not be recorded */
    uint64_t own_allocator;        /* 1: the program has a malloc linked in that cannot be seen */
    struct kp_memory_line outside; /* of no profiled line */
};

struct kp_memory_totals_chunk {
    struct kp_chunk chunk;
    struct kp_memory_totals totals;
};

/* The records start KP_COUNTERS_PAGE behind the start of the chunk. */
struct kp_memory_lines_chunk {
    struct kp_chunk chunk;
    uint32_t module;
    uint32_t reserved;
    uint64_t count;
};

/* A call of an instrumented function that took long. */
struct kp_memory_call {
    uint64_t words;   /* place of the function's words (behind its counters) among the module's counters, in words */
    int64_t start_ns; /* since 1970 */
    int64_t end_ns;   /* 0: the entry is being written */
    uint32_t level;   /* of nesting among instrumented functions, from 0 */
    uint32_t thread;
};

struct kp_memory_calls_chunk {
    struct kp_chunk chunk;
    uint32_t module;
    uint32_t capacity;
    uint64_t used; /* may go beyond the capacity: those are lost */
    struct kp_memory_call call[];
};

#ifdef __cplusplus
static_assert(sizeof(struct kp_memory_line) == 96, "on-disk layout");
#else
_Static_assert(sizeof(struct kp_memory_line) == 96, "on-disk layout");
#endif

/* Of the line whose words start at word `word` of the module's counters. A line has KP_LINE_WORDS of them, so that no
 * two lines share an index. */
static inline uint64_t kp_memory_index(uint64_t word)
{
    return word / KP_LINE_WORDS;
}

static inline uint64_t kp_memory_count(uint64_t counters_size)
{
    return counters_size / (sizeof(uint64_t) * KP_LINE_WORDS) + 1;
}

/* Bytes of a line that were alive at the peak. A line notes what was alive at a peak when it is changed for the first
 * time afterwards; one that was not changed since then has still alive what it had then. */
static inline int64_t kp_memory_at_peak(const struct kp_memory_line *line, uint64_t peak_number)
{
    return line->peak_number == peak_number ? line->at_peak_bytes : line->live_bytes;
}

#endif
