/* The map section: what the plugin says of each instrumented function.
 *
 * The plugin emits records into the section `kp_map`; the linker concatenates them. There are two kinds, told apart by
 * their magic: one of functions, written before any optimisation, and one of the call sites that are left in a body
 * after it. A record holds no pointers: offsets are relative to their own address, everything else is an index into the
 * tables that follow the record. format/README.md draws the picture.
 *
 * Invariants: records and every table are 8-byte aligned; every record begins with its magic and its size in bytes,
 * tables included.
 */
#ifndef KP_FORMAT_MAP_H
#define KP_FORMAT_MAP_H

#include <stdint.h>

#define KP_MAP_MAGIC 0x3170616du   /* "map1" */
#define KP_SITES_MAGIC 0x32746973u /* "sit2" */
#define KP_MAP_SECTION "kp_map"
#define KP_COUNTER_SECTION "kp_cnts"

/* In debug information (DWARF 4 and later), code that counts has the line of the program's code beside it, and this
 * discriminator. */
#define KP_COUNTING_DISCRIMINATOR 0x6b70u

/* Marks the four bytes before a function that the runtime may redirect. */
#define KP_ENTRY_MAGIC 0x6b70e901u

/* An edge without a counter: its count follows from the conservation of flow. */
#define KP_NO_COUNTER 0xffffffffu

/* How time is taken: what the bodies that the plugin makes ask the runtime for. */
enum kp_timing { KP_TIMING_OFF = 1, KP_TIMING_EXACT = 2, KP_TIMING_ADAPTIVE = 3 };

enum kp_record_flags {
    KP_FUNCTION_BY_ATTRIBUTE = 1,   /* chosen by an attribute, not by a command-line option */
    KP_FUNCTION_BLOCK_COUNTERS = 2, /* one counter per block: flow is not conserved or edges cannot be split */
    KP_FUNCTION_IN_PLACE = 4,       /* its one body always counts: it cannot be cloned */
    KP_FUNCTION_CALLS_ONLY = 8,     /* not chosen for lines: its calls are counted when functions are profiled */
    KP_FUNCTION_NOT_LINES = 16,     /* KP_MEMPROF: in no listing of lines */
    KP_FUNCTION_NOT_MEMORY = 32,    /* KP_LINEPROF: in no listing of memory */
    KP_FUNCTION_ENTRY = 64, /* where to redirect a function, and no more: goes with the code when that is dropped */

    /* Not a function but a pattern of the command line, `name`; everything else is 0. */
    KP_GLOB_OF_FUNCTIONS = 0x100,
    KP_GLOB_OF_FILES = 0x200,
    KP_GLOB_MATCHED = 0x400, /* something in this translation unit */
};

#define KP_GLOB (KP_GLOB_OF_FUNCTIONS | KP_GLOB_OF_FILES)

/* One instrumented function. The tables follow in this order, each starting on 8 bytes:
 * edges, blocks, block_lines, calls, lines, files, strings. */
struct kp_map_record {
    uint32_t magic;
    uint32_t size_bytes;
    int32_t counters_offset; /* from the address of this field to the function's counters */
    int32_t entry_offset;    /* to the public entry to redirect; 0: nothing to redirect */
    int32_t hits_offset;     /* to the entry that counts */
    int32_t exact_offset;    /* to the entry that counts and takes timestamps */
    uint32_t counter_count;  /* edge or block counters, at the front of the function's counters */
    uint32_t edge_count;
    uint32_t block_count; /* block 0 is the virtual block outside of the function */
    uint32_t block_line_count;
    uint32_t call_count; /* direct calls in the source, before any is inlined */
    uint32_t line_count; /* also the number of time slots */
    uint32_t file_count;
    uint32_t string_bytes;
    uint32_t flags;
    uint32_t name;         /* string: as people write it */
    uint32_t linkage_name; /* string */
    uint32_t file;         /* index of the file that defines it */
    uint32_t first_line;   /* of its name */
    uint32_t last_line;
    uint32_t entry_block;
    uint32_t source;     /* string: text of the lines first_line to last_line; 0: not known */
    uint32_t loop_count; /* that go on without timestamps in mode exact */
    uint32_t variant_of; /* string: linkage name of the function that counts for this one; empty: itself */
};

struct kp_map_edge {
    uint32_t from;
    uint32_t to;
    uint32_t counter; /* or KP_NO_COUNTER */
    uint32_t reserved;
};

struct kp_map_block {
    uint32_t first_line; /* index into block_lines */
    uint32_t line_count;
    uint32_t counter; /* with KP_FUNCTION_BLOCK_COUNTERS; else KP_NO_COUNTER */
    uint32_t reserved;
};

/* A direct call: executed as often as its block. */
struct kp_map_call {
    uint32_t block;
    uint32_t line;   /* index into lines */
    uint32_t callee; /* string: linkage name */
    uint32_t reserved;
};

struct kp_map_line {
    uint32_t file;
    uint32_t line;
    uint32_t loop; /* the one that it is in, from 1; 0: none */
    uint32_t reserved;
};

struct kp_map_file {
    uint64_t checksum; /* kp_hash of the whole file as compiled; 0: not known */
    uint32_t path;     /* string, absolute */
    uint32_t reserved;
};

/* The call sites of one optimised body. Tables: fused_offsets, fused, sites, frames, files, strings. */
struct kp_map_sites {
    uint32_t magic;
    uint32_t size_bytes;
    uint32_t fused_count;
    uint32_t site_count;
    uint32_t frame_count;
    uint32_t file_count;
    uint32_t string_bytes;
    uint32_t reserved;
    int32_t words_offset;    /* from the address of this field to the sites' words, KP_SITE_WORDS each */
    int32_t function_offset; /* to the kp_map_record of the function whose body it is */
};

/* A counter, of any function of the module, that is not counted here, as a call site's countdown tells it: it has
 * `step` more for each call of the site. Where it is stands in fused_offsets (int32_t, from its own address to the
 * counter's). */
struct kp_map_fused {
    uint32_t site;
    uint32_t step;
};

struct kp_map_site {
    uint32_t frame;  /* where the call is written */
    uint32_t callee; /* string: linkage name; 0: called through a pointer */
};

/* A place in the source, and the one that it was inlined at. */
struct kp_map_frame {
    uint32_t function; /* string: linkage name */
    uint32_t file;     /* of `line` */
    uint32_t line;
    uint32_t inlined_at; /* frame, or KP_NO_FRAME: this one is in the body's own function */
};

#define KP_NO_FRAME 0xffffffffu

/* Behind a function's counters, as 64-bit words: KP_ACTIVATION_WORDS of the function, KP_LINE_WORDS per line,
 * KP_LOOP_WORDS per loop that goes on without timestamps in mode exact: what it took in all, as of a line, and its
 * passes with them. KP_INNER_CALLS: activations that another one of the same function was under (kept where calls are
 * timed by samples). KP_TIMED_CALLS: activations that took timestamps. */
enum kp_activation_word {
    KP_TOTAL_TICKS,
    KP_SELF_TICKS,
    KP_OUTERMOST_FRAME,
    KP_INNER_CALLS,
    KP_TIMED_CALLS,
    KP_ACTIVATION_WORDS
};
enum kp_line_word { KP_LINE_TICKS, KP_LINE_SELF_TICKS, KP_LINE_LONGEST, KP_LINE_SHORTEST_INVERTED, KP_LINE_WORDS };
enum kp_loop_word { KP_LOOP_TICKS, KP_LOOP_SELF_TICKS, KP_LOOP_PASSES, KP_LOOP_WORDS };

/* Of each call site and thread (runtime/calls.c). */
enum kp_site_word {
    KP_SITE_COUNTDOWN,   /* calls until the next timed one; below zero: now */
    KP_SITE_GRANTED,     /* sum of all countdowns that were set */
    KP_SITE_TIMED,       /* timed calls made by outermost activations, */
    KP_SITE_TICKS,       /* the sum of their lengths, */
    KP_SITE_SQUARES,     /* and of their squares (a double) */
    KP_SITE_INNER_TIMED, /* timed calls made by other activations */
    KP_SITE_INNER_TICKS,
    KP_SITE_CPU_WALL_TICKS, /* of timed calls whose processor time was taken too: their length */
    KP_SITE_CPU_NS,         /* and their processor time */
    KP_SITE_LAST_BEGAN,     /* ticks when the last timed call began, */
    KP_SITE_LAST_GAP,       /* and the countdown that was set then */
    KP_SITE_SEEN_CALLS,     /* calls so far when it began, */
    KP_SITE_OUTER_CALLS,    /* and those of them that timed calls of outermost activations stand for */
    KP_SITE_TARGET,         /* of calls through a pointer: the last target's address, */
    KP_SITE_TARGET_CALLS,   /* and the calls so far when it became that */
    KP_SITE_WORDS
};

/* Calls so far of the site that has these words. */
static inline uint64_t kp_site_calls(const uint64_t *site)
{
    return site[KP_SITE_GRANTED] - site[KP_SITE_COUNTDOWN];
}

#define KP_ALIGN8(n) (((n) + 7u) / 8u * 8u) /* in the type of n: a mask of 32 bits would cut larger sizes */

#ifdef __cplusplus
static_assert(sizeof(struct kp_map_record) == 96, "on-disk layout");
static_assert(sizeof(struct kp_map_edge) == 16, "on-disk layout");
static_assert(sizeof(struct kp_map_sites) == 40, "on-disk layout");
#else
_Static_assert(sizeof(struct kp_map_record) == 96, "on-disk layout");
_Static_assert(sizeof(struct kp_map_edge) == 16, "on-disk layout");
_Static_assert(sizeof(struct kp_map_sites) == 40, "on-disk layout");
#endif

/* FNV-1a, 64 bit (Fowler, Noll, Vo): identifies source texts and maps; not a defence against forgery. */
static inline uint64_t kp_hash(const void *bytes, uint64_t size)
{
    const unsigned char *p = (const unsigned char *)bytes;
    uint64_t hash = 14695981039346656037u;
    for (uint64_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * 1099511628211u;
    return hash;
}

#endif
