/* The kinds of cost that are sampled: time, and events that the kernel or the processor counts. A kind is data: a new
 * one is a row of the table (docs/howto/add-event.md). */
#ifndef KP_KERNPROF_SAMPLE_COST_KINDS_H
#define KP_KERNPROF_SAMPLE_COST_KINDS_H

#include <stdint.h>

struct kp_cost_kind {
    const char *name; /* as --event has it */
    const char *unit; /* what is counted, for people */
    uint32_t type;    /* as perf_event_open(2) has them */
    uint64_t config;
    int in_kernel; /* it happens in the kernel alone, which must be allowed to be sampled */
    int is_rare;   /* each one is sampled; of others so many as make a fixed number of samples a second */
};

/* The first kind, which is always sampled where time is; the others are events. Its unit is the nanosecond. */
enum { KP_COST_TIME };

/* A set of events is a mask, in which bit i stands for kp_cost_kinds[i]. */
enum { KP_COST_KINDS_MAX = 32 };

/* Kinds are numbered by their place in the table; ends with a NULL name. */
extern const struct kp_cost_kind kp_cost_kinds[];

/* The number of the kind with this name; -1: there is none. */
int kp_cost_kind_find(const char *name);

#endif
