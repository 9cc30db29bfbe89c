/* Maps that tests write by hand: records of functions and of call sites, as the plugin emits them. */
#ifndef KP_TESTS_KERNPROF_MAP_H
#define KP_TESTS_KERNPROF_MAP_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "format/map_reader.h"

/* Where the process has map and counters. */
enum { TEST_MAP_ADDRESS = 0x10000, TEST_COUNTERS_ADDRESS = 0x90000 };

/* Start with {.size = 0}. Words are given to functions and sites in the order in which they are added. */
struct test_map {
    _Alignas(8) unsigned char bytes[16384];
    uint32_t size;
    uint32_t words;
};

struct test_strings {
    char text[512];
    uint32_t size;
};

/* A table of the record that is being written. */
static inline void test_put(struct test_map *map, const void *table, size_t size)
{
    assert(map->size + KP_ALIGN8(size) <= sizeof map->bytes);
    memset(map->bytes + map->size, 0, KP_ALIGN8(size));
    if (size)
        memcpy(map->bytes + map->size, table, size);
    map->size += (uint32_t)KP_ALIGN8(size);
}

static inline uint32_t test_string(struct test_strings *strings, const char *text)
{
    if (strings->size == 0)
        strings->text[strings->size++] = 0; /* string 0 is empty */
    uint32_t at = strings->size;
    size_t size = strlen(text) + 1;
    assert(at + size <= sizeof strings->text);
    memcpy(strings->text + at, text, size);
    strings->size += (uint32_t)size;
    return *text ? at : 0;
}

/* From a field of the map to a word. */
static inline int32_t test_offset_to_word(uint32_t field, uint64_t word)
{
    return (int32_t)(TEST_COUNTERS_ADDRESS + 8 * (int64_t)word - (TEST_MAP_ADDRESS + (int64_t)field));
}

struct test_call {
    uint32_t block, line; /* indexes */
    const char *callee;
};

struct test_block {
    uint32_t line_count, lines[2]; /* indexes */
};

enum { TEST_LINES = 8, TEST_BLOCKS = 8, TEST_EDGES = 12, TEST_CALLS = 4 };

/* A function of one file. Tables end with their count; a table that is not given is empty. */
struct test_function {
    const char *name, *file;
    uint32_t flags, counter_count;
    uint32_t lines[TEST_LINES], line_count; /* as in the source */
    struct test_block blocks[TEST_BLOCKS];
    uint32_t block_count; /* 0: the outside and one block with all that there is */
    struct kp_map_edge edges[TEST_EDGES];
    uint32_t edge_count;
    struct test_call calls[TEST_CALLS];
    uint32_t call_count;
};

/* A function that has nothing but counters for its calls: block 1 is entered from outside and left. */
static inline void test_fill_simple(struct test_function *f)
{
    if (f->block_count)
        return;
    f->block_count = 2;
    f->blocks[1] = (struct test_block){f->line_count < 2 ? f->line_count : 2, {0, 1}};
    f->edges[0] = (struct kp_map_edge){.from = 0, .to = 1, .counter = 0};
    f->edges[1] = (struct kp_map_edge){.from = 1, .to = 0, .counter = KP_NO_COUNTER};
    f->edge_count = 2;
    f->counter_count = 1;
}

/* Adds a function. Its record's offset in the map. */
static inline uint32_t test_add_function(struct test_map *map, struct test_function f)
{
    struct test_strings strings = {.size = 0};
    struct kp_map_block blocks[TEST_BLOCKS] = {{0}};
    uint32_t block_lines[2 * TEST_BLOCKS], block_line_count = 0;
    struct kp_map_call calls[TEST_CALLS] = {{0}};
    struct kp_map_line lines[TEST_LINES] = {{0}};
    test_fill_simple(&f);
    struct kp_map_record record = {.magic = KP_MAP_MAGIC,
                                   .counter_count = f.counter_count,
                                   .edge_count = f.edge_count,
                                   .block_count = f.block_count,
                                   .call_count = f.call_count,
                                   .line_count = f.line_count,
                                   .file_count = 1,
                                   .flags = f.flags,
                                   .name = test_string(&strings, f.name),
                                   .first_line = f.lines[0],
                                   .last_line = f.line_count ? f.lines[f.line_count - 1] : 0,
                                   .entry_block = 1};
    record.linkage_name = record.name;
    struct kp_map_file file = {.path = test_string(&strings, f.file)};
    for (uint32_t b = 0; b < f.block_count; b++) {
        blocks[b] = (struct kp_map_block){block_line_count, f.blocks[b].line_count, KP_NO_COUNTER, 0};
        for (uint32_t i = 0; i < f.blocks[b].line_count; i++)
            block_lines[block_line_count++] = f.blocks[b].lines[i];
        if (f.flags & KP_FUNCTION_BLOCK_COUNTERS && b > 0)
            blocks[b].counter = b - 1;
    }
    for (uint32_t i = 0; i < f.call_count; i++)
        calls[i] = (struct kp_map_call){f.calls[i].block, f.calls[i].line, test_string(&strings, f.calls[i].callee), 0};
    for (uint32_t i = 0; i < f.line_count; i++)
        lines[i] = (struct kp_map_line){.line = f.lines[i]};
    record.block_line_count = block_line_count;
    record.string_bytes = strings.size;
    uint32_t at = map->size;
    record.counters_offset =
        test_offset_to_word(at + (uint32_t)offsetof(struct kp_map_record, counters_offset), map->words);
    map->words += (uint32_t)kp_map_words(&record);
    test_put(map, &record, sizeof record);
    test_put(map, f.edges, f.edge_count * sizeof *f.edges);
    test_put(map, blocks, f.block_count * sizeof *blocks);
    test_put(map, block_lines, block_line_count * sizeof *block_lines);
    test_put(map, calls, f.call_count * sizeof *calls);
    test_put(map, lines, f.line_count * sizeof *lines);
    test_put(map, &file, sizeof file);
    test_put(map, strings.text, strings.size);
    uint32_t size = map->size - at;
    memcpy(map->bytes + at + offsetof(struct kp_map_record, size_bytes), &size, sizeof size);
    return at;
}

/* A place in the source, of an inlined function or, as a site's last one, of the body's own. */
struct test_frame {
    const char *function;
    uint32_t line;
};

enum { TEST_FRAMES = 3, TEST_SITES = 4 };

struct test_site {
    const char *callee; /* empty: called through a pointer */
    struct test_frame frames[TEST_FRAMES];
    uint32_t frame_count; /* innermost first */
};

/* A counter that is counted by a site's calls. */
struct test_fused {
    uint32_t site, step;
    uint64_t counter; /* its word */
};

/* Adds the sites of a function's body, all of one file. `fused` may be NULL: none. The first site's first word. */
static inline uint64_t test_add_sites(struct test_map *map, uint32_t function, const char *file,
                                      const struct test_site *sites, uint32_t site_count,
                                      const struct test_fused *fused)
{
    struct test_strings strings = {.size = 0};
    struct kp_map_site site_table[TEST_SITES];
    struct kp_map_frame frames[TEST_FRAMES * TEST_SITES];
    uint32_t frame_count = 0, at = map->size;
    struct kp_map_file file_table = {.path = test_string(&strings, file)};
    for (uint32_t i = 0; i < site_count; i++) {
        site_table[i] = (struct kp_map_site){frame_count, test_string(&strings, sites[i].callee)};
        for (uint32_t k = 0; k < sites[i].frame_count; k++, frame_count++)
            frames[frame_count] =
                (struct kp_map_frame){test_string(&strings, sites[i].frames[k].function), 0, sites[i].frames[k].line,
                                      k + 1 < sites[i].frame_count ? frame_count + 1 : KP_NO_FRAME};
    }
    struct kp_map_sites record = {.magic = KP_SITES_MAGIC,
                                  .fused_count = fused != NULL,
                                  .site_count = site_count,
                                  .frame_count = frame_count,
                                  .file_count = 1,
                                  .string_bytes = strings.size};
    uint64_t word = map->words;
    record.words_offset = test_offset_to_word(at + (uint32_t)offsetof(struct kp_map_sites, words_offset), word);
    record.function_offset =
        (int32_t)function - (int32_t)(at + (uint32_t)offsetof(struct kp_map_sites, function_offset));
    map->words += site_count * KP_SITE_WORDS;
    test_put(map, &record, sizeof record);
    int32_t fused_offset = fused ? test_offset_to_word(map->size, fused->counter) : 0;
    struct kp_map_fused fused_row = fused ? (struct kp_map_fused){fused->site, fused->step} : (struct kp_map_fused){0};
    test_put(map, &fused_offset, fused ? sizeof fused_offset : 0);
    test_put(map, &fused_row, fused ? sizeof fused_row : 0);
    test_put(map, site_table, site_count * sizeof *site_table);
    test_put(map, frames, frame_count * sizeof *frames);
    test_put(map, &file_table, sizeof file_table);
    test_put(map, strings.text, strings.size);
    uint32_t size = map->size - at;
    memcpy(map->bytes + at + offsetof(struct kp_map_sites, size_bytes), &size, sizeof size);
    return word;
}

#endif
