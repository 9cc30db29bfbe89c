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

/* A timed call that has not ended yet, with all that its end needs: the frame that it was made from may be gone by
 * then. */
struct kp_pending_call {
    uintptr_t frame; /* address of its struct kp_timed_call */
    uint64_t *site;
    int64_t began;
    int64_t debt_x256;
    uint64_t cpu_began_ns; /* 0: processor time is not taken */
    int is_inner;
};

/* Deeper ones are timed as well, but an exception through them is not noticed. */
#define KP_PENDING_CALLS 32u

/* One mapped segment of this module; the list only grows, segments are used again. In memory that is private to the
 * process. Whose it is, the chunk says: another load of the same module may have it mapped as well. */
struct kp_segment {
    struct kp_segment *next;
    struct kp_segment_chunk *chunk;
    int64_t debt_x256;   /* ticks that instrumentation has cost this thread, times 256 */
    int64_t began;       /* ticks when the thread began to use it */
    int64_t spent_ticks; /* on timed calls */
    double stretch;      /* of the gaps between timed calls, so that it stays within the budget */
    uint64_t random;
    struct kp_target *targets; /* of calls through pointers; NULL until a thread takes the segment */
    uint32_t targets_capacity;
    uint32_t targets_used;
    struct kp_targets_chunk *targets_chunk; /* that they are in; NULL: the segment's own */
    uint32_t targets_fail;                  /* the file could not grow: do not ask at every call */
    int64_t in_callees;                     /* ticks spent in profiled callees, for own time */
    uint32_t is_taken;                      /* by a thread of this module */
    uint32_t pending_count;
    struct kp_pending_call pending[KP_PENDING_CALLS]; /* the innermost last */
};

/* Segments that were mapped together: the kernel limits the number of mappings, not their size. */
struct kp_segment_batch {
    struct kp_segment_batch *next;
    char *chunks;
    uint32_t count;
    uint64_t own_bytes; /* of this memory */
    struct kp_segment segments[];
};

struct kp_runtime {
    char folder[4096]; /* that the counter file is in */
    char path[4096];   /* of the counter file */
    enum kp_timing timing;
    double overhead;                   /* what timing may cost, as a part of the run */
    struct kp_counters_header *header; /* NULL: nothing is counted (any more) */
    struct kp_module_chunk *chunk;     /* its first page */
    uint32_t module;
    int is_executable; /* never closed */
    pthread_key_t thread_ends;
    int has_key, gives_back; /* there is the key; threads may set it wherever they are, signal handlers included */
    struct kp_samples_chunk *samples; /* NULL: this process does not sample itself */
    _Atomic(struct kp_segment *) segments;
    _Atomic(struct kp_segment_batch *) batches;
    _Atomic int grows;                      /* a thread makes segments */
    _Atomic(struct kp_segment *) next_look; /* where `inherit` goes on */
    uint64_t adopt_next;                    /* offset of the next segment to adopt; changed atomically */
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

/* Reserves room in the open file `fd` (-1: it could not be opened) and maps it, at `address` as kp_file_add has it.
 * NULL on failure. */
void *kp_file_map_new(int fd, uint64_t offset, uint64_t size, void *address);

/* Why either last failed in this module, in a few words. */
const char *kp_file_trouble(void);

/* Maps the first `size` bytes of a chunk that is in the file. NULL on failure, and where none is published. */
struct kp_chunk *kp_file_find(uint64_t offset, uint64_t size);

/* Finds the module's chunk in the counter file, or writes it. `search`: ask the dynamic loader what this module is; not
 * allowed after a fork, when the answer of before is taken. 0 or -1. */
int kp_module_register(int search);

/* Keeps the file of this module, loaded from `path`, for kernprof: what kp_module_chunk.copy has to say. */
uint64_t kp_module_copy(const char *path);

/* What this module holds of the counter file, before it is unmapped itself. */
void kp_module_release(void);
void kp_threads_release(void);

/* Flags that all runtimes of the process share (runtime/process_flags.c). `created`: this runtime is the first. */
void kp_process_flags_open(int created);
int kp_process_flags_exiting(void);       /* also where that cannot be known */
void kp_process_flags_count_thread(void); /* unless it is already */
void kp_process_flags_fork_child(void);   /* the thread that called fork goes on in the child */

/* Whether a thread may set this key in a signal handler. */
int kp_process_flags_key_is_safe(pthread_key_t key);

/* Redirects the originals to the entries that count. `functions`: those of functions that were not chosen for lines
 * too. */
void kp_module_redirect(enum kp_timing timing, int functions);

/* The module's code as its file has it: `size` bytes at `code`, at `offset` in the file (runtime/code_file.c). */
struct kp_code_file {
    uintptr_t code;
    uint64_t size;
    const char *bytes; /* NULL: unknown */
};
void kp_code_file_open(struct kp_code_file *file, const char *path, uintptr_t code, uint64_t size, uint64_t offset);
void kp_code_file_close(struct kp_code_file *file);

/* Whether another than the linker has written where a jump would go. 0 where that is unknown. */
int kp_code_is_changed(const struct kp_code_file *file, const char *entry);

/* Before any thread starts. */
void kp_threads_init(void);

/* The module's segments (runtime/segments.c). */
uint64_t kp_segment_size(void);
struct kp_segment *kp_segments_create(int many); /* the first is the running thread's; NULL: the file cannot grow */
struct kp_segment *kp_segments_spare(void);      /* the same in memory that nobody reads; NULL: no memory */
int kp_segments_adopt(void); /* lists segments that the module left in the file when it was loaded before; 0: none */
struct kp_segment_chunk *kp_segment_replace(struct kp_segment_chunk *chunk); /* after a fork, at its address; or NULL */
void kp_segment_make_spare(struct kp_segment_chunk *chunk);                  /* zeroed memory */

/* Unmaps all segments but `kept`, which alone is listed then; NULL: none. */
void kp_segments_forget(struct kp_segment *kept);

/* Gives the running thread counters; called by instrumented code. Safe in signal handlers. */
void kp_thread_start(void);

/* In the child of a fork: a counter file of its own, mapped where the parent's was. */
void kp_fork_child(void);

/* Mode exact, called by instrumented code (runtime/exact.c). */
struct kp_activation;
void kp_exact_enter(struct kp_activation *activation, uint64_t *words);
void kp_exact_line(struct kp_activation *activation, uint64_t *line_words);
void kp_exact_leave(struct kp_activation *activation);
extern uint64_t kp_exact_passes;
void kp_exact_untimed(struct kp_activation *activation);
void kp_exact_timed(struct kp_activation *activation, uint64_t *loop_words, uint64_t *line_words);

/* Memory by line: the same three under memprof (runtime/memory/lines.c). */
extern uint8_t kp_memory_awake;
void kp_memory_enter(struct kp_activation *activation, uint64_t *words);
void kp_memory_line(struct kp_activation *activation, uint64_t *line_words);
void kp_memory_leave(struct kp_activation *activation);

/* `what`: the value of KP_ENV_MEMORY. 0 or -1 (said). */
int kp_memory_start(const char *what);
void kp_memory_fork_child(void);

/* Measures what the three cost; needs the running thread's segment. */
void kp_exact_calibrate(void);

/* Called by instrumented code around a timed call, and when a site's call goes to another target (runtime/calls.c). */
struct kp_timed_call;
void kp_call_unwound(struct kp_timed_call *call);
void kp_call_begin(struct kp_timed_call *call, uint64_t *site, uint64_t is_inner);
void kp_call_begin_at(struct kp_timed_call *call, uint64_t *site, uint64_t is_inner, uint64_t address);
void kp_call_end(struct kp_timed_call *call);
void kp_call_count(struct kp_timed_call *call, uint64_t *site, const uint64_t *outermost_frame);
void kp_call_target(uint64_t *site, uint64_t address);

/* Finds the segment's table of targets, also the one of an earlier load of the module. */
void kp_targets_find(struct kp_segment *segment);

/* Measures what a timed call costs; needs the running thread's segment. */
void kp_calls_calibrate(void);

/* The one way to speak: one line on standard error, if that still is what it was at kp_report_init. */
void kp_report_init(void);
void kp_say(const char *what, const char *detail);
void kp_say_why(const char *what, const char *why, const char *detail);

#endif
