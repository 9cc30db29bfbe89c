/* Events of perf_event_open(2) and the rings that they write into: one ring for each processor, as the kernel allows
 * inherited events no other way. The rings also report mapped code, forks and execs. */
#ifndef KP_KERNPROF_SAMPLE_PERF_EVENTS_H
#define KP_KERNPROF_SAMPLE_PERF_EVENTS_H

#include <linux/perf_event.h>
#include <stdint.h>

#include "kernprof/sample/cost_kinds.h"
#include "util/error.h"

/* What is sampled of a program. */
struct kp_perf_request {
    int pid;               /* that has not executed its program yet: sampling begins with the exec */
    int with_time;         /* time is sampled, and not events alone */
    int with_kernel;       /* what the kernel does for a line counts too */
    uint64_t period;       /* nanoseconds between two samples of time */
    uint64_t quick_period; /* the same at the start; not above `period` */
    uint32_t events;       /* set of kinds of cost */
};

struct kp_perf_event {
    int fd;
    uint32_t kind;
    uint64_t id; /* in the records of its samples */
};

struct kp_perf_ring {
    int fd;      /* of the event that the ring belongs to, and that reports mappings */
    char *pages; /* the control page, then the data */
    struct kp_perf_event *events;
    unsigned event_count;
    int steady; /* of the event that samples time later, when the quick one ends; -1: none is needed */
};

struct kp_perf_rings {
    struct kp_perf_ring *rings;
    unsigned count;
    int tells_lost; /* events say how many samples were lost; else only the rings do, in their next record */
};

/* 0, or -1: the system does not allow it. */
int kp_perf_rings_open(struct kp_perf_rings *rings, const struct kp_perf_request *request);
void kp_perf_rings_close(struct kp_perf_rings *rings);

/* Ends the quick sampling of time at the start. */
void kp_perf_rings_slow_down(struct kp_perf_rings *rings);

/* The kind of cost of samples with this id; -1: none. */
int kp_perf_rings_kind_of(const struct kp_perf_rings *rings, uint64_t id);

/* Samples that could not be delivered so far, where events tell. */
uint64_t kp_perf_rings_lost(const struct kp_perf_rings *rings);

/* Copies what is new in a ring: calls `take` with each record, whose bytes are valid until it returns. */
void kp_perf_ring_drain(struct kp_perf_ring *ring, void (*take)(void *data, const struct perf_event_header *record),
                        void *data);

/* Fields of a sample of an event, or of time (registers: the program counter alone, where the kernel is sampled as
 * well). */
struct kp_perf_sample {
    uint32_t pid;
    uint64_t time, ip, period;
    const uint64_t *registers;  /* of the program, by their bits in KP_PERF_REGISTERS; NULL: there are none */
    const unsigned char *stack; /* what the stack pointer points to; NULL: it was not copied */
    uint64_t stack_size;
};

/* The registers of events' samples: general ones and the program counter, in the order of <asm/perf_regs.h>. */
#if defined(__x86_64__)
#define KP_PERF_REGISTERS UINT64_C(0xff01ff) /* not the flags and segments */
#elif defined(__aarch64__)
#define KP_PERF_REGISTERS UINT64_C(0x1ffffffff)
#else
#error "which registers are there?"
#endif

/* Reads a record of type PERF_RECORD_SAMPLE. The pointers lead into it. 0, or -1: it is not as asked for. */
int kp_perf_sample_read(const struct kp_perf_rings *rings, const struct perf_event_header *record, int *kind,
                        struct kp_perf_sample *sample);

/* The time of any record; 0: it has none. */
uint64_t kp_perf_record_time(const struct perf_event_header *record);

/* Whether time may be sampled, as far as can be told beforehand. */
int kp_perf_time_is_available(int with_kernel);

/* Adds the event `name` to a set. 0, or -1 with `error`, which names the events that can be sampled here: there is none
 * of that name, or this machine does not have it. */
int kp_perf_events_add(uint32_t *events, const char *name, struct kp_error *error);

#endif
