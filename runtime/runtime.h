/* The runtime's state and the functions its files share. The runtime is linked into every instrumented module and
 * serves that module alone; copies of it in one process meet in the counter file.
 *
 * Asleep (no kernprof), nothing here runs but kp_init's look at the environment.
 * Rules: never stops the program, keeps errno, takes no lock and allocates nothing while counting. */
#ifndef KP_RUNTIME_RUNTIME_H
#define KP_RUNTIME_RUNTIME_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "format/counters.h"
#include "format/map.h"

/* One mapped segment of this module; the list only grows, segments are used again. In memory of its own, private to the
 * process. */
struct kp_segment {
    struct kp_segment *next;
    struct kp_segment_chunk *chunk;
    _Atomic uint32_t in_use;
    int64_t debt_x256; /* ticks that instrumentation has cost this thread, times 256 */
    int64_t began;     /* ticks when the thread began to use it */
    int64_t spent_ticks; /* on timed calls */
    double stretch;      /* of the gaps between timed calls, so that it stays within the budget */
    uint64_t random;
    struct kp_targets_chunk *targets; /* NULL until a call through a pointer */
    uint32_t targets_used;
    int64_t in_callees; /* ticks spent in profiled callees, for own time */
};

struct kp_runtime {
    int fd;
    char path[512];
    const char *directory;
    enum kp_timing timing;
    double overhead; /* what timing may cost, as a part of the run */
    struct kp_counters_header *header;
    uint32_t module;
    pthread_key_t thread_ends;
    _Atomic(struct kp_segment *) segments;
};

extern struct kp_runtime kp_runtime;

/* 0 asleep, else enum kp_timing. Instrumented code reads it. */
extern uint8_t kp_state;

/* Not 0 where all functions are profiled, in a module that is awake. Instrumented code reads it. */
extern uint8_t kp_calls_state;

/* Distance from the counters in the module to those of the running thread's segment; 0: the thread has none yet. */
extern __thread int64_t kp_bias;
extern __thread struct kp_segment *kp_thread_segment;

/* Bounds of the module's sections, made by the linker. */
extern const char __start_kp_map[] __attribute__((weak, visibility("hidden")));
extern const char __stop_kp_map[] __attribute__((weak, visibility("hidden")));
extern char __start_kp_cnts[] __attribute__((weak, visibility("hidden")));
extern char __stop_kp_cnts[] __attribute__((weak, visibility("hidden")));

/* How kernprof wants time to be taken. */
enum kp_timing kp_timing_mode(void);

/* Opens the process's counter file, creating it if this is the first module. 0 or -1 (said). */
int kp_file_open(const char *directory, enum kp_timing timing);

/* In the child of a fork: leaves the parent's file and opens one of its own. 0 or -1 (said). */
int kp_file_reopen(void);

/* Reserves and maps a chunk; its header is filled but for the magic, which kp_file_publish writes. NULL if the disk is
 * full. `address`: where to map it, replacing what is there; NULL: anywhere. */
struct kp_chunk *kp_file_add(enum kp_chunk_kind kind, uint64_t size, void *address);
void kp_file_publish(struct kp_chunk *chunk);

/* Writes the module's map into the counter file. 0 or -1. */
int kp_module_register(void);

/* Redirects the originals to the entries that count. `functions`: those of functions that were not chosen for lines too. */
void kp_module_redirect(enum kp_timing timing, int functions);

/* Before any thread starts. 0 or an errno. */
int kp_threads_init(void);

/* Gives the running thread counters; called by instrumented code. Safe in signal handlers. */
void kp_thread_start(void);

/* In the child of a fork: a counter file of its own, mapped where the parent's was. */
void kp_fork_child(void);

/* Mode exact, called by instrumented code (runtime/exact.c). */
struct kp_activation;
void kp_exact_enter(struct kp_activation *activation, uint64_t *words);
void kp_exact_line(struct kp_activation *activation, uint64_t *line_words);
void kp_exact_leave(struct kp_activation *activation);

/* Measures what the three cost; needs the running thread's segment. */
void kp_exact_calibrate(void);

/* Called by instrumented code around a timed call, and when a site's call goes to another target (runtime/calls.c). */
struct kp_timed_call;
void kp_call_begin(struct kp_timed_call *call, uint64_t *site, const uint64_t *outermost_frame);
void kp_call_end(struct kp_timed_call *call);
void kp_call_target(uint64_t *site, uint64_t address);

/* Measures what a timed call costs; needs the running thread's segment. */
void kp_calls_calibrate(void);

/* The one way to speak: one line on standard error. */
void kp_say(const char *what, const char *detail);

#endif
