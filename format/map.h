/* The map section: what the plugin says of each instrumented function.
 *
 * The plugin emits one record per function instance into the section `kp_map`; the linker concatenates them. A record
 * holds no pointers: the first four offsets are relative to their own address, everything else is an index into the
 * tables that follow the record. format/README.md draws the picture.
 *
 * Invariants: records and every table are 8-byte aligned; `size_bytes` covers the record with its tables.
 */
#ifndef KP_FORMAT_MAP_H
#define KP_FORMAT_MAP_H

#include <stdint.h>

#define KP_MAP_MAGIC 0x3170616du /* "map1" */
#define KP_MAP_SECTION "kp_map"
#define KP_COUNTER_SECTION "kp_cnts"

/* Marks the four bytes before a function that the runtime may redirect. */
#define KP_ENTRY_MAGIC 0x6b70e901u

/* An edge without a counter: its count follows from the conservation of flow. */
#define KP_NO_COUNTER 0xffffffffu

enum kp_function_flags {
    KP_FUNCTION_BY_ATTRIBUTE = 1, /* chosen by KP_PROFILE or KP_LINEPROF, not by a command-line option */
    KP_FUNCTION_BLOCK_COUNTERS = 2, /* one counter per block: flow is not conserved or edges cannot be split */
    KP_FUNCTION_IN_PLACE = 4, /* its one body always counts: it cannot be cloned */
};

/* One instrumented function. The tables follow in this order, each starting on 8 bytes:
 * edges, blocks, block_lines, lines, files, strings. */
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
    uint32_t source;      /* string: text of the lines first_line to last_line; 0: not known */
    uint32_t reserved;
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

struct kp_map_line {
    uint32_t file;
    uint32_t line;
};

struct kp_map_file {
    uint64_t checksum; /* kp_hash of the whole file as compiled; 0: not known */
    uint32_t path;     /* string, absolute */
    uint32_t reserved;
};

/* Behind a function's counters, as 64-bit words: KP_ACTIVATION_WORDS of the function, then KP_LINE_WORDS per line. */
enum kp_activation_word { KP_TOTAL_TICKS, KP_SELF_TICKS, KP_OUTERMOST_FRAME, KP_ACTIVATION_WORDS };
enum kp_line_word { KP_LINE_TICKS, KP_LINE_SELF_TICKS, KP_LINE_LONGEST, KP_LINE_SHORTEST_INVERTED, KP_LINE_WORDS };

#define KP_ALIGN8(n) (((n) + 7u) & ~7u)

#ifdef __cplusplus
static_assert(sizeof(struct kp_map_record) == 88, "on-disk layout");
static_assert(sizeof(struct kp_map_edge) == 16, "on-disk layout");
#else
_Static_assert(sizeof(struct kp_map_record) == 88, "on-disk layout");
_Static_assert(sizeof(struct kp_map_edge) == 16, "on-disk layout");
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
