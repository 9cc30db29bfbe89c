/* What the map of a module says, arranged for finding: its functions and their lines, by number, name and place, its
 * call sites, and the counters that call sites stand for. Holds no counts: `words` are always a segment's or a sum's.
 *
 * Functions are numbered in the order of their records, lines in the order of their function's, call sites in ascending
 * order of their words. Strings and views point into the map. */
#ifndef KP_KERNPROF_ANALYZE_MODULE_MODULE_INDEX_H
#define KP_KERNPROF_ANALYZE_MODULE_MODULE_INDEX_H

#include <stdint.h>

#include "format/map_reader.h"

struct kp_module_index;

/* Of one call site at most so many frames are given; those that are further out are left out. */
enum { KP_MODULE_FRAMES = 64 };

/* A line of a function of the module. */
struct kp_module_line {
    unsigned function, line;
};

struct kp_module_site {
    const struct kp_sites_view *view; /* its record of sites; lives as long as the index */
    const struct kp_map_site *record;
    unsigned function; /* whose body it is in */
    uint64_t word;     /* index of its first word among the counters */
};

/* A module as one process has it in memory. */
struct kp_module_map {
    const void *map; /* aligned to 8; must outlive the index */
    uint64_t map_size, map_address, counters_address, counters_size;
};

/* `by_function`: all functions are profiled, and not only those chosen for their lines. A map is read as far as it is
 * not damaged. NULL: out of memory. */
struct kp_module_index *kp_module_index_new(const struct kp_module_map *map, int by_function);

/* NULL is allowed. */
void kp_module_index_free(struct kp_module_index *index);

int kp_module_by_function(const struct kp_module_index *index);

unsigned kp_module_function_count(const struct kp_module_index *index);
const struct kp_map_view *kp_module_function(const struct kp_module_index *index, unsigned function);

/* Where the function's words begin among the counters; -1: it has none that lie in them. */
int64_t kp_module_first_word(const struct kp_module_index *index, unsigned function);

const char *kp_module_linkage_name(const struct kp_module_index *index, unsigned function);

/* Whether another function's lines and calls count for this one: a variant of a destructor, a thunk. */
int kp_module_is_variant(const struct kp_module_index *index, unsigned function);

/* The function that counts for this one: itself, or that of which it is a variant, where that is profiled. */
unsigned kp_module_counted(const struct kp_module_index *index, unsigned function);

/* The path of the function's file; empty where it has none. */
const char *kp_module_file(const struct kp_module_index *index, unsigned function);

/* Whether the function's body is the one that was made after inlining: what was inlined there belongs to it. */
int kp_module_is_calls_only(const struct kp_module_index *index, unsigned function);

/* Whether the symbol of a body is that of the function or of one of its versions. */
int kp_module_is_symbol_of(const struct kp_module_index *index, unsigned function, const char *symbol);

/* Whether the symbol is that of any function's body. */
int kp_module_has_body(const struct kp_module_index *index, const char *symbol);

/* Functions in the order of their linkage names: the one at `place`, from 0. */
unsigned kp_module_by_name(const struct kp_module_index *index, unsigned place);

/* The profiled function that counts for that linkage name, of the caller's own file where there are several; -1: none.
 */
int kp_module_find_name(const struct kp_module_index *index, const char *name, unsigned caller);

/* The function's line at a place of the source; -1: it is not in its list. */
int kp_module_line_at(const struct kp_module_index *index, unsigned function, const char *path, uint32_t line);

/* The listed line that code of the function at this place belongs to: its own, or the one before; -1: none. */
int kp_module_line_before(const struct kp_module_index *index, unsigned function, const char *path, uint32_t line);

/* The function that has a line at this place, and the line: the function of that name (as debug information has it)
 * where there is one; with NULL, for a name that is not known, the first. 0: there is none. */
int kp_module_find_place(const struct kp_module_index *index, const char *path, uint32_t line, const char *name,
                         struct kp_module_line *at);

unsigned kp_module_site_count(const struct kp_module_index *index);
const struct kp_module_site *kp_module_site(const struct kp_module_index *index, unsigned site);

/* The number of the site that has this first word; -1: there is none. */
int kp_module_find_site(const struct kp_module_index *index, uint64_t word);

/* The linkage name of whom the site calls; empty: it calls through a pointer. */
const char *kp_module_callee(const struct kp_module_site *site);

/* The profiled frames of a call site, innermost first. A variant of a function that calls the one that counts for it is
 * no frame. Fills `frames`, of KP_MODULE_FRAMES; returns their number. */
unsigned kp_module_site_frames(const struct kp_module_index *index, const struct kp_module_site *site,
                               struct kp_module_line *frames);

/* Adds to counters what call sites count for them. To be called once for each segment, before anything else reads its
 * counters. `words` are the module's, all of them. */
void kp_module_add_fused(const struct kp_module_index *index, uint64_t *words);

#endif
