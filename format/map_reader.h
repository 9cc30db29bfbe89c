/* Checked, read-only iteration over a map section. Trusts no length and no index: what is returned can be followed. */
#ifndef KP_FORMAT_MAP_READER_H
#define KP_FORMAT_MAP_READER_H

#include "format/map.h"

/* A record and its tables, pointing into the bytes that were given; they live as long as these. */
struct kp_map_view {
    const struct kp_map_record *record;
    const struct kp_map_edge *edges;
    const struct kp_map_block *blocks;
    const uint32_t *block_lines;
    const struct kp_map_call *calls;
    const struct kp_map_line *lines;
    const struct kp_map_file *files;
    const char *strings;
    uint64_t offset; /* of the record in the section */
};

/* The call sites of a body, in the same way. */
struct kp_sites_view {
    const struct kp_map_sites *record;
    const int32_t *fused_offsets;
    const struct kp_map_fused *fused;
    const struct kp_map_site *sites;
    const struct kp_map_frame *frames;
    const struct kp_map_file *files;
    const char *strings;
    uint64_t offset;
};

/* Reads the next function's record at or after *offset and moves *offset behind it. `map` is aligned to 8 bytes.
 * 1: read; 0: the end; -1: damaged. */
int kp_map_next(const void *map, uint64_t size, uint64_t *offset, struct kp_map_view *view);

/* The same for the next record of call sites. */
int kp_map_next_sites(const void *map, uint64_t size, uint64_t *offset, struct kp_sites_view *view);

/* As kp_map_first_word, of the sites' words. */
int64_t kp_map_first_site_word(const struct kp_sites_view *view, uint64_t map_address, uint64_t counters_address,
                               uint64_t counters_size);

/* The same of a fused counter's word. */
int64_t kp_map_fused_word(const struct kp_sites_view *view, uint32_t fused, uint64_t map_address,
                          uint64_t counters_address, uint64_t counters_size);

/* Offset in the section of the function's record that the sites belong to. It may be no record's. */
uint64_t kp_map_function_of_sites(const struct kp_sites_view *view);

/* Whether the record is of a function that is listed: where functions are profiled all, else those chosen for their
 * lines. Other records only forward calls, or tell of patterns. */
int kp_map_is_profiled(const struct kp_map_record *record, int by_function);

/* Number of such functions. */
unsigned kp_map_functions(const void *map, uint64_t size, int by_function);

/* Where the function's words are among the module's counters, given the addresses of map and counters in one address
 * space; -1 if they lie outside. In words. */
int64_t kp_map_first_word(const struct kp_map_view *view, uint64_t map_address, uint64_t counters_address,
                          uint64_t counters_size);

/* Number of words that belong to the function. */
uint64_t kp_map_words(const struct kp_map_record *record);

#endif
