/* The counter file: what a running program leaves for kernprof.
 *
 * One file per process image, DIR/PID-TOKEN.kpc, written through shared mappings only, so that what a program counted
 * survives any end of it. A header page is followed by page-aligned chunks; `end` in the header is where the next chunk
 * goes. A chunk is published by writing its magic last. Readers may look at any time.
 *
 * What the file holds is found again and used again: a module that is loaded once more with the same content goes on in
 * its chunk (found through `buckets`), a thread in a segment that has no owner (found through the module's list).
 */
#ifndef KP_FORMAT_COUNTERS_H
#define KP_FORMAT_COUNTERS_H

#include <stdint.h>

#include "format/map.h"

#define KP_COUNTERS_MAGIC 0x3173746e756f636bull /* "kcounts1" */
#define KP_COUNTERS_VERSION 1u
#define KP_CHUNK_MAGIC 0x316b6e68u /* "hnk1" */
#define KP_COUNTERS_PAGE 4096u
#define KP_COUNTERS_SUFFIX ".kpc"
#define KP_MODULE_COPY "%016llx.module"
#define KP_COUNTERS_SIZE_MAX (UINT64_C(1) << 30) /* of a module's counters; no module comes near it */
#define KP_COUNTERS_BUCKETS 256u
#define KP_COUNTERS_COMMAND 1024u

/* The environment of a profiled program: where to count, and how to take time. */
#define KP_ENV_DIRECTORY "KERNPROF_COUNTERS"
#define KP_ENV_TIMING "KERNPROF_TIMING"
#define KP_ENV_OVERHEAD "KERNPROF_OVERHEAD"   /* per cent of the run that timing may cost */
#define KP_ENV_FUNCTIONS "KERNPROF_FUNCTIONS" /* set: all functions are profiled, not only lines of the chosen ones */

enum kp_chunk_kind {
    KP_CHUNK_MODULE = 1,
    KP_CHUNK_SEGMENT = 2,
    KP_CHUNK_TARGETS = 3,
    KP_CHUNK_TIMERS = 4,
    KP_CHUNK_TIMER_NAMES = 5
};

/* In every program that has timers, for kernprof to know it by. Holds nothing. */
#define KP_TIMER_SECTION "kp_has_timers"

/* Of a process that was asked to sample itself. LOST: the program took the timers' signal for itself. */
enum kp_sampling_state { KP_SAMPLING_NONE, KP_SAMPLING_WORKS, KP_SAMPLING_FAILED, KP_SAMPLING_LOST };

struct kp_counters_header {
    uint64_t magic;
    uint32_t version;
    uint32_t timing;
    uint64_t token; /* of this process image: differs after exec */
    uint32_t pid;
    uint32_t parent_pid;
    uint64_t start_ns;    /* CLOCK_REALTIME */
    uint64_t ticks_start; /* the two readings that give the length of a tick */
    uint64_t mono_start_ns;
    uint64_t ticks_end;
    uint64_t mono_end_ns;
    uint32_t clean; /* 1 after exit ran its handlers */
    uint32_t module_count;
    uint64_t end;              /* offset of the next chunk; changed atomically */
    uint64_t probe_ticks_x256; /* calibrated cost of one timestamp; 0: not calibrated yet */
    uint64_t enter_ticks_x256; /* and of entering a function */

    /* For the modules of the process, whose runtimes do not know each other. */
    uint64_t exit_flag;    /* address, in the process, of a semaphore that exit posts; 0: none */
    uint64_t flag_library; /* the C library that both flags are of: address of one of its functions */
    uint32_t thread_flag;  /* number of the thread-specific value that says `counted in threads`, plus 1; 0: none */
    uint32_t open_modules;

    uint64_t samples_offset;  /* of the struct kp_samples_chunk (format/samples.h); 0: none */
    uint64_t samples_address; /* where the process has it mapped, for all of its modules, for as long as it lives */
    uint32_t sampling;        /* enum kp_sampling_state */
    uint32_t reserved;

    uint32_t threads;   /* that counted */
    uint32_t uncounted; /* threads that got no segment: the disk was full, or the file out of reach */
    uint64_t buckets[KP_COUNTERS_BUCKETS]; /* by hash of the map: offset of the newest module chunk; 0: none */
    char command[KP_COUNTERS_COMMAND];     /* of the process, words parted by blanks, cut where longer */
};

struct kp_chunk {
    uint32_t magic;
    uint32_t kind;
    uint64_t size;   /* multiple of the page, header included */
    uint64_t offset; /* in the file */
};

/* A loaded module: executable or shared object. `path` and the bytes of its map follow, at the given offsets from the
 * start of the chunk. */
struct kp_module_chunk {
    struct kp_chunk chunk;
    uint32_t module; /* its number in this file, from 1 */
    uint32_t build_id_size;
    uint8_t build_id[32];
    uint64_t map_address; /* in the process: the reader resolves relative offsets with the two addresses */
    uint64_t counters_address;
    uint64_t counters_size;
    uint64_t path_offset;
    uint64_t map_offset;
    uint64_t map_size;
    uint64_t map_hash;
    uint64_t copy;          /* the module's file is in the folder as KP_MODULE_COPY of this; 0: it is not */
    uint64_t next;          /* offset of an older module chunk of the bucket; 0: none */
    uint64_t first_segment; /* offset of the newest segment; 0: none */
};

/* What tells modules apart by their content: loads with the same are one. */
static inline uint64_t kp_module_hash(const struct kp_module_chunk *module)
{
    uint64_t distance = module->counters_address - module->map_address;
    return module->map_hash ^ kp_hash(&distance, sizeof distance);
}

/* How often a call through a pointer went to a function. */
struct kp_target {
    uint64_t address; /* of the called function; 0: free */
    uint64_t site;    /* index of its first word among the module's counters */
    uint64_t calls;
};

/* One thread's counters of one module; used again by a later thread when its thread has ended. Several are made at once
 * where a module has many, each a chunk. */
struct kp_segment_chunk {
    struct kp_chunk chunk;
    uint32_t module;
    uint32_t owner;           /* id of the thread that counts in it; 0: free. Changed atomically */
    uint64_t counters_offset; /* from the start of the chunk */
    uint64_t counters_size;
    uint64_t next;    /* of the first of several: offset of the first of older ones of the module; 0: none */
    uint64_t targets; /* offset of the newest kp_targets_chunk of what counts here; 0: none */
    uint32_t thread;  /* id of the thread that counted here first; 0: none yet */
    uint32_t count;   /* of the first of several that were made together: how many; the others follow it. Else 0 */
    uint32_t target_capacity; /* struct kp_target that follow: a hash table of the first targets */
    uint32_t reserved;
};

/* Where calls through pointers went that were counted in one segment: a hash table, which only grows. A site and target
 * may stand in several tables; the sum counts. */
struct kp_targets_chunk {
    struct kp_chunk chunk;
    uint32_t module;
    uint32_t capacity; /* entries that follow; a power of two */
};

/* Timers (KP_REGION and the like): one cell for each name and thread. The cells of threads that have ended are added up
 * in chunks of their own, whose `thread` is 0. */
struct kp_timers_chunk {
    struct kp_chunk chunk;
    uint32_t thread;
    uint32_t stale;        /* 1: kp_reset_timers was called, and the thread has not yet noticed: nothing here counts */
    uint64_t cells_offset; /* from the start of the chunk */
    uint64_t cell_count;
};

struct kp_timer_cell {
    uint64_t name; /* offset in the file of a struct kp_timer_name; 0: the cell is not used */
    uint64_t calls;
    uint64_t ticks;
    uint64_t longest;
    uint64_t shortest_inverted; /* ~ticks, so that 0 is none */
    union {
        uint64_t entered;    /* of a thread that runs: when the open region began */
        uint64_t most_ticks; /* of those that ended: the largest `ticks` of one thread */
    };
    union {
        uint64_t frame;        /* address of the open region's state; 0: kp_region_begin */
        uint64_t thread_count; /* of those that ended */
    };
    uint32_t depth; /* regions of this name that are open, within one another */
    uint32_t stack; /* stack pointer where the outermost was entered, divided by 16 */
};

/* In chunks of kind KP_CHUNK_TIMER_NAMES, behind the chunk's header, each at a multiple of 8. */
struct kp_timer_name {
    uint32_t length;
    char text[4]; /* and more: `length` bytes */
};

#define KP_TIMER_NAME_MAX 4096u /* longer names are cut */

/* The first targets of a segment have room in front of its counters. */
#define KP_SEGMENT_TARGETS 128u

#ifdef __cplusplus
static_assert(sizeof(struct kp_counters_header) <= KP_COUNTERS_PAGE, "one page");
static_assert(sizeof(struct kp_timer_cell) == 64, "on-disk layout");
#else
_Static_assert(sizeof(struct kp_counters_header) <= KP_COUNTERS_PAGE, "one page");
_Static_assert(sizeof(struct kp_segment_chunk) + KP_SEGMENT_TARGETS * sizeof(struct kp_target) <= KP_COUNTERS_PAGE,
               "one page");
_Static_assert(sizeof(struct kp_timer_cell) == 64, "on-disk layout");
#endif

#endif
