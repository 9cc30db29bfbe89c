/* Samples of the program counter that a process takes of itself, where the system forbids kernprof to do it from
 * outside: a chunk of the counter file that handlers of a timer's signal fill (runtime/samples.c) and kernprof empties
 * (kernprof/sample/timer_sampler.c).
 *
 * A ring: `taken` samples were begun, `read` of them are in kernprof's hands. A sample is complete when `periods`,
 * written last, is not 0; kernprof sets it back to 0 before it moves `read` on. What is in the ring when the process is
 * killed stays there. */
#ifndef KP_FORMAT_SAMPLES_H
#define KP_FORMAT_SAMPLES_H

#include "format/counters.h"

/* The environment of a profiled program. "timer": it has to sample itself, as often as KP_ENV_SAMPLE_PERIOD says. */
#define KP_ENV_SAMPLER "KERNPROF_SAMPLER"
#define KP_ENV_SAMPLE_PERIOD "KERNPROF_SAMPLE_PERIOD" /* nanoseconds of a thread's processor time */

#define KP_CHUNK_SAMPLES 24u

enum { KP_SAMPLE_SLOTS = 1024, KP_SAMPLE_MODULES = 250, KP_SAMPLE_THREADS = 1024 };

struct kp_sample {
    uint64_t offset; /* from the module's map to the program counter; may be below it */
    uint32_t module;
    uint32_t periods; /* of the timer that have passed since the last one */
};

/* Code of a loaded module. */
struct kp_sampled_module {
    uint64_t start; /* address in the process; 0: free. Written last */
    uint64_t size;
    uint64_t map_address;
    uint64_t module; /* its number in this file */
};

/* A thread that has a timer. */
struct kp_sampled_thread {
    uint32_t thread; /* 0: free. Changed atomically */
    int32_t timer;
};

struct kp_samples_chunk {
    struct kp_chunk chunk;
    uint64_t period_ns;
    uint64_t taken;
    uint64_t read;
    uint64_t lost;      /* the ring was full */
    uint32_t unsampled; /* threads for which there is no timer */
    int32_t signal;     /* that the timers send */
    uint64_t handler;   /* its address in the process */
    struct kp_sampled_module modules[KP_SAMPLE_MODULES];
    struct kp_sampled_thread threads[KP_SAMPLE_THREADS];
    struct kp_sample samples[KP_SAMPLE_SLOTS];
};

#ifdef __cplusplus
static_assert(sizeof(struct kp_sample) == 16, "on-disk layout");
#else
_Static_assert(sizeof(struct kp_sample) == 16, "on-disk layout");
_Static_assert(sizeof(struct kp_samples_chunk) <= 8 * KP_COUNTERS_PAGE, "every process has one");
#endif

#endif
