/* The timers of all counter files, added up by their names. */
#ifndef KP_KERNPROF_ANALYZE_TIMER_SUMS_H
#define KP_KERNPROF_ANALYZE_TIMER_SUMS_H

#include <sqlite3.h>
#include <stdint.h>

#include "format/counters_reader.h"
#include "util/error.h"

struct kp_timer_sum;

/* A hash table; all zeros is an empty one. */
struct kp_timer_sums {
    struct kp_timer_sum *slot;
    uint64_t size; /* 0 or a power of 2 */
    uint64_t count;
};

/* Adds a chunk of cells; damaged cells are left out. 0, or -1: out of memory. */
int kp_timer_sums_add(struct kp_timer_sums *sums, const struct kp_counters *file, const struct kp_timers_chunk *chunk,
                      double tick_ns);

/* Writes the table `timer`. 0, or -1 with `error`. */
int kp_timer_sums_write(const struct kp_timer_sums *sums, sqlite3 *profile, struct kp_error *error);

void kp_timer_sums_free(struct kp_timer_sums *sums);

#endif
