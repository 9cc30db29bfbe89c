/* How often events happened on lines. */
#ifndef KP_KERNPROF_ANALYZE_LINE_EVENTS_H
#define KP_KERNPROF_ANALYZE_LINE_EVENTS_H

#include <stdint.h>

#include "util/index.h"

struct kp_line_event {
    uint32_t module, function, line; /* as the joined modules number them */
    uint32_t kind;                   /* of cost */
    uint64_t count;
};

/* Start with {0}; end with kp_line_events_free. */
struct kp_line_events {
    struct kp_line_event *rows; /* one for each line and kind */
    uint32_t count;
    struct kp_index keys;
};

/* 0, or -1 out of memory. */
int kp_line_events_add(struct kp_line_events *events, const struct kp_line_event *event);

void kp_line_events_free(struct kp_line_events *events);

#endif
