/* See module_index.h. */
#include "kernprof/analyze/module/module_index.h"

#include <stdlib.h>
#include <string.h>

#include "util/search.h"

/* A thunk, D0, D1 and D2; in a damaged map they may go round in circles. */
enum { MAX_VARIANTS = 4 };

struct function {
    struct kp_map_view view;
    int64_t first_word;
};

struct name {
    const char *name; /* linkage name */
    unsigned function;
};

/* A line of the source and a function that has it. */
struct place {
    const char *path;
    uint32_t line;
    struct kp_module_line at;
};

/* A counter that the calls of a site tell. Both by their words. */
struct fused {
    uint64_t counter, site;
    uint32_t step;
};

struct kp_module_index {
    struct function *functions;
    unsigned function_count;
    struct name *names;   /* sorted */
    struct place *places; /* sorted */
    size_t place_count;
    struct kp_sites_view *views;
    unsigned view_count;
    struct kp_module_site *sites; /* in ascending order of their words */
    unsigned site_count;
    struct fused *fused;
    unsigned fused_count;
    int by_function;
};

static int compare_functions(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static int compare_to_place(const struct place *place, const char *path, uint32_t line)
{
    if (place->line != line)
        return place->line < line ? -1 : 1;
    return strcmp(place->path, path);
}

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = compare_to_place(a, b->path, b->line);
    return order ? order : compare_functions(a->at.function, b->at.function);
}

static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : compare_functions(a->function, b->function);
}

static int compare_sites(const void *left, const void *right)
{
    const struct kp_module_site *a = left, *b = right;
    return a->word < b->word ? -1 : a->word > b->word;
}

/* 0, or -1 out of memory. */
static int read_functions(struct kp_module_index *index, const struct kp_module_map *map)
{
    struct kp_map_view view;
    size_t lines = 0;
    for (uint64_t offset = 0; kp_map_next(map->map, map->map_size, &offset, &view) == 1; index->function_count++)
        lines += view.record->line_count;
    index->functions = calloc(index->function_count + 1u, sizeof *index->functions);
    index->places = calloc(lines + 1, sizeof *index->places);
    index->names = calloc(index->function_count + 1u, sizeof *index->names);
    if (!index->functions || !index->places || !index->names)
        return -1;
    unsigned number = 0;
    for (uint64_t offset = 0; kp_map_next(map->map, map->map_size, &offset, &view) == 1; number++) {
        index->functions[number] = (struct function){
            view, kp_map_first_word(&view, map->map_address, map->counters_address, map->counters_size)};
        index->names[number] = (struct name){view.strings + view.record->linkage_name, number};
        for (uint32_t i = 0; i < view.record->line_count; i++)
            index->places[index->place_count++] =
                (struct place){view.strings + view.files[view.lines[i].file].path, view.lines[i].line, {number, i}};
    }
    if (index->place_count)
        qsort(index->places, index->place_count, sizeof *index->places, compare_places);
    if (index->function_count)
        qsort(index->names, index->function_count, sizeof *index->names, compare_names);
    return 0;
}

/* What is looked for, for kp_search_first. */
struct wanted {
    const struct kp_module_index *index;
    uint64_t number; /* an offset, a line or a word */
    const char *text;
};

static int is_function_before(const void *what, size_t i)
{
    const struct wanted *wanted = what;
    return wanted->index->functions[i].view.offset < wanted->number;
}

/* By the offset of its record in the section; -1: it is no function's. */
static int find_function_at(const struct kp_module_index *index, uint64_t offset)
{
    size_t found =
        kp_search_first(index->function_count, is_function_before, &(struct wanted){.index = index, .number = offset});
    return found < index->function_count && index->functions[found].view.offset == offset ? (int)found : -1;
}

static void add_sites(struct kp_module_index *index, const struct kp_sites_view *view, unsigned function, uint64_t word)
{
    for (uint32_t i = 0; i < view->record->site_count; i++)
        index->sites[index->site_count++] = (struct kp_module_site){
            .view = view, .record = &view->sites[i], .function = function, .word = word + (uint64_t)i * KP_SITE_WORDS};
}

static void add_fused(struct kp_module_index *index, const struct kp_sites_view *view, const struct kp_module_map *map,
                      uint64_t word)
{
    for (uint32_t i = 0; i < view->record->fused_count; i++) {
        int64_t counter = kp_map_fused_word(view, i, map->map_address, map->counters_address, map->counters_size);
        if (counter >= 0)
            index->fused[index->fused_count++] =
                (struct fused){.counter = (uint64_t)counter,
                               .site = word + (uint64_t)view->fused[i].site * KP_SITE_WORDS,
                               .step = view->fused[i].step};
    }
}

/* 0, or -1 out of memory. */
static int read_sites(struct kp_module_index *index, const struct kp_module_map *map)
{
    struct kp_sites_view view;
    size_t sites = 0, fused = 0, views = 0;
    for (uint64_t offset = 0; kp_map_next_sites(map->map, map->map_size, &offset, &view) == 1; views++) {
        sites += view.record->site_count;
        fused += view.record->fused_count;
    }
    index->views = calloc(views + 1, sizeof *index->views);
    index->sites = calloc(sites + 1, sizeof *index->sites);
    index->fused = calloc(fused + 1, sizeof *index->fused);
    if (!index->views || !index->sites || !index->fused)
        return -1;
    for (uint64_t offset = 0; kp_map_next_sites(map->map, map->map_size, &offset, &view) == 1;) {
        int function = find_function_at(index, kp_map_function_of_sites(&view));
        int64_t word = kp_map_first_site_word(&view, map->map_address, map->counters_address, map->counters_size);
        if (function < 0 || word < 0)
            continue;
        struct kp_sites_view *kept = &index->views[index->view_count++];
        *kept = view;
        add_sites(index, kept, (unsigned)function, (uint64_t)word);
        add_fused(index, kept, map, (uint64_t)word);
    }
    if (index->site_count)
        qsort(index->sites, index->site_count, sizeof *index->sites, compare_sites);
    return 0;
}

struct kp_module_index *kp_module_index_new(const struct kp_module_map *map, int by_function)
{
    struct kp_module_index *index = calloc(1, sizeof *index);
    if (!index)
        return NULL;
    index->by_function = by_function;
    if (read_functions(index, map) == 0 && read_sites(index, map) == 0)
        return index;
    kp_module_index_free(index);
    return NULL;
}

void kp_module_index_free(struct kp_module_index *index)
{
    if (!index)
        return;
    free(index->functions);
    free(index->places);
    free(index->names);
    free(index->views);
    free(index->sites);
    free(index->fused);
    free(index);
}

int kp_module_by_function(const struct kp_module_index *index)
{
    return index->by_function;
}

unsigned kp_module_function_count(const struct kp_module_index *index)
{
    return index->function_count;
}

const struct kp_map_view *kp_module_function(const struct kp_module_index *index, unsigned function)
{
    return &index->functions[function].view;
}

int64_t kp_module_first_word(const struct kp_module_index *index, unsigned function)
{
    return index->functions[function].first_word;
}

const char *kp_module_linkage_name(const struct kp_module_index *index, unsigned function)
{
    const struct kp_map_view *view = &index->functions[function].view;
    return view->strings + view->record->linkage_name;
}

const char *kp_module_file(const struct kp_module_index *index, unsigned function)
{
    const struct kp_map_view *view = &index->functions[function].view;
    return view->record->file_count ? view->strings + view->files[view->record->file].path : "";
}

int kp_module_is_calls_only(const struct kp_module_index *index, unsigned function)
{
    return (index->functions[function].view.record->flags & KP_FUNCTION_CALLS_ONLY) != 0;
}

/* Names of versions are the original's and a suffix (plugin/versions.cpp). */
int kp_module_is_symbol_of(const struct kp_module_index *index, unsigned function, const char *symbol)
{
    const char *name = kp_module_linkage_name(index, function);
    size_t length = strlen(name);
    if (strncmp(symbol, "kp.", 3) == 0)
        symbol += 3;
    return strncmp(symbol, name, length) == 0 && (symbol[length] == 0 || symbol[length] == '.');
}

int kp_module_has_body(const struct kp_module_index *index, const char *symbol)
{
    for (unsigned i = 0; i < index->function_count; i++)
        if (kp_module_is_symbol_of(index, i, symbol))
            return 1;
    return 0;
}

unsigned kp_module_by_name(const struct kp_module_index *index, unsigned place)
{
    return index->names[place].function;
}

static int is_name_before(const void *what, size_t i)
{
    const struct wanted *wanted = what;
    return strcmp(wanted->index->names[i].name, wanted->text) < 0;
}

static const char *variant_of(const struct kp_module_index *index, unsigned function)
{
    const struct kp_map_view *view = &index->functions[function].view;
    return view->strings + view->record->variant_of;
}

int kp_module_is_variant(const struct kp_module_index *index, unsigned function)
{
    return *variant_of(index, function) != 0;
}

/* As kp_module_find_name, without looking further where it is a variant. */
static int find_named(const struct kp_module_index *index, const char *name, unsigned caller)
{
    size_t i = kp_search_first(index->function_count, is_name_before, &(struct wanted){.index = index, .text = name});
    int found = -1;
    for (; i < index->function_count && strcmp(index->names[i].name, name) == 0; i++) {
        unsigned function = index->names[i].function;
        int is_wanted = kp_map_is_profiled(index->functions[function].view.record, index->by_function) ||
                        kp_module_is_variant(index, function);
        if (is_wanted && (found < 0 || strcmp(kp_module_file(index, function), kp_module_file(index, caller)) == 0))
            found = (int)function;
    }
    return found;
}

int kp_module_find_name(const struct kp_module_index *index, const char *name, unsigned caller)
{
    int found = find_named(index, name, caller);
    for (int step = 0; found >= 0 && kp_module_is_variant(index, (unsigned)found); step++)
        found = step < MAX_VARIANTS ? find_named(index, variant_of(index, (unsigned)found), (unsigned)found) : -1;
    return found;
}

unsigned kp_module_counted(const struct kp_module_index *index, unsigned function)
{
    int found = kp_module_is_variant(index, function)
                    ? kp_module_find_name(index, kp_module_linkage_name(index, function), function)
                    : -1;
    return found >= 0 ? (unsigned)found : function;
}

static const char *path_of_line(const struct kp_map_view *view, uint32_t line)
{
    return view->strings + view->files[view->lines[line].file].path;
}

int kp_module_line_at(const struct kp_module_index *index, unsigned function, const char *path, uint32_t line)
{
    const struct kp_map_view *view = &index->functions[function].view;
    for (uint32_t i = 0; i < view->record->line_count; i++)
        if (view->lines[i].line == line && strcmp(path_of_line(view, i), path) == 0)
            return (int)i;
    return -1;
}

/* What sets up a frame is at the opening brace, which is in no list. */
int kp_module_line_before(const struct kp_module_index *index, unsigned function, const char *path, uint32_t line)
{
    const struct kp_map_view *view = &index->functions[function].view;
    int found = -1;
    for (uint32_t i = 0; i < view->record->line_count; i++)
        if (view->lines[i].line <= line && (found < 0 || view->lines[i].line > view->lines[found].line) &&
            strcmp(path_of_line(view, i), path) == 0)
            found = (int)i;
    return found;
}

/* Whether a name out of debug information is that of the function: its linkage name, or the last part of what people
 * write, without the arguments of a template. */
static int is_named(const struct kp_map_view *view, const char *name)
{
    const char *linkage = view->strings + view->record->linkage_name, *readable = view->strings + view->record->name;
    if (strcmp(linkage, name) == 0 || strcmp(readable, name) == 0)
        return 1;
    size_t length = strcspn(name, "<"), readable_length = strcspn(readable, "<");
    return readable_length > length && strncmp(readable + readable_length - length, name, length) == 0 &&
           readable[readable_length - length - 1] == ':';
}

static int is_place_before(const void *what, size_t i)
{
    const struct wanted *wanted = what;
    return compare_to_place(&wanted->index->places[i], wanted->text, (uint32_t)wanted->number) < 0;
}

int kp_module_find_place(const struct kp_module_index *index, const char *path, uint32_t line, const char *name,
                         struct kp_module_line *at)
{
    int found = 0;
    size_t i = kp_search_first(index->place_count, is_place_before, &(struct wanted){index, line, path});
    for (; i < index->place_count && compare_to_place(&index->places[i], path, line) == 0; i++) {
        const struct place *place = &index->places[i];
        if (kp_module_is_calls_only(index, place->at.function)) /* it has no lines */
            continue;
        int named = name && is_named(&index->functions[place->at.function].view, name);
        if (!found || named)
            *at = place->at;
        found = 1;
        if (named)
            return 1;
    }
    /* A name that fits none of them is that of a function that is not profiled, which has its lines there too. */
    return found && !name;
}

unsigned kp_module_site_count(const struct kp_module_index *index)
{
    return index->site_count;
}

const struct kp_module_site *kp_module_site(const struct kp_module_index *index, unsigned site)
{
    return &index->sites[site];
}

static int is_site_before(const void *what, size_t i)
{
    const struct wanted *wanted = what;
    return wanted->index->sites[i].word < wanted->number;
}

int kp_module_find_site(const struct kp_module_index *index, uint64_t word)
{
    size_t found = kp_search_first(index->site_count, is_site_before, &(struct wanted){.index = index, .number = word});
    return found < index->site_count && index->sites[found].word == word ? (int)found : -1;
}

const char *kp_module_callee(const struct kp_module_site *site)
{
    return site->view->strings + site->record->callee;
}

/* Takes the innermost frames away that are of variants of the function that the site calls. Returns the number left. */
static unsigned without_variants(const struct kp_module_index *index, const struct kp_module_site *site,
                                 struct kp_module_line *frames, unsigned count)
{
    unsigned drop = 0;
    while (drop < count && kp_module_is_variant(index, frames[drop].function) &&
           kp_module_find_name(index, kp_module_callee(site), site->function) ==
               (int)kp_module_counted(index, frames[drop].function))
        drop++;
    memmove(frames, frames + drop, (count - drop) * sizeof *frames);
    return count - drop;
}

unsigned kp_module_site_frames(const struct kp_module_index *index, const struct kp_module_site *site,
                               struct kp_module_line *frames)
{
    const struct kp_sites_view *view = site->view;
    unsigned count = 0;
    for (uint32_t i = site->record->frame; i != KP_NO_FRAME && count < KP_MODULE_FRAMES;
         i = view->frames[i].inlined_at) {
        const struct kp_map_frame *frame = &view->frames[i];
        const char *path = view->strings + view->files[frame->file].path;
        if (frame->inlined_at == KP_NO_FRAME) {
            if (!index->functions[site->function].view.record->line_count)
                break; /* it only forwards calls */
            int line = kp_module_line_at(index, site->function, path, frame->line);
            frames[count++] = (struct kp_module_line){site->function, line >= 0 ? (unsigned)line : 0};
        } else if (!kp_module_is_calls_only(index, site->function) &&
                   kp_module_find_place(index, path, frame->line, view->strings + frame->function, &frames[count])) {
            count++;
        }
    }
    return without_variants(index, site, frames, count);
}

void kp_module_add_fused(const struct kp_module_index *index, uint64_t *words)
{
    for (unsigned i = 0; i < index->fused_count; i++)
        words[index->fused[i].counter] += index->fused[i].step * kp_site_calls(words + index->fused[i].site);
}
