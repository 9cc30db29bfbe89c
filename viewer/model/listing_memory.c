/* See listing_memory.h. Both listings have the same order, so that what comes next is looked for first where it should
 * be. */
#include "viewer/model/listing_memory.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"

/* Index in `listing` of a source of the memory profile, which moves there if it is not known yet; -1: out of memory. */
static int64_t source_in(struct kp_listing *listing, struct kp_source *source)
{
    for (size_t i = 0; i < listing->source_count; i++)
        if (strcmp(listing->sources[i].path, source->path) == 0)
            return (int64_t)i;
    struct kp_source *sources = kp_array_grow(listing->sources, listing->source_count, sizeof *sources);
    if (!sources)
        return -1;
    listing->sources = sources;
    sources[listing->source_count] = *source;
    *source = (struct kp_source){0};
    return (int64_t)listing->source_count++;
}

static struct kp_listing_function *find_function(const struct kp_listing *listing, size_t start, size_t source,
                                                 const struct kp_memory_function *wanted)
{
    for (size_t i = 0; i < listing->function_count; i++) {
        struct kp_listing_function *function = &listing->functions[(start + i) % listing->function_count];
        if (function->source == source && function->line == wanted->line && strcmp(function->name, wanted->name) == 0)
            return function;
    }
    return NULL;
}

static struct kp_listing_function *add_function(struct kp_listing *listing, size_t source,
                                                const struct kp_memory_function *model)
{
    struct kp_listing_function *functions =
        kp_array_grow(listing->functions, listing->function_count, sizeof *functions);
    if (!functions)
        return NULL;
    listing->functions = functions;
    char *name = strdup(model->name);
    if (!name)
        return NULL;
    struct kp_listing_function *function = &functions[listing->function_count++];
    *function = (struct kp_listing_function){
        .source = source, .line = model->line, .last_line = model->last_line, .name = name};
    return function;
}

static struct kp_listing_line *find_line(const struct kp_listing_function *function, size_t start, size_t source,
                                         int64_t line)
{
    for (size_t i = 0; i < function->line_count; i++) {
        struct kp_listing_line *candidate = &function->lines[(start + i) % function->line_count];
        if (candidate->source == source && candidate->line == line)
            return candidate;
    }
    return NULL;
}

static int add_rows(const struct kp_listing *listing, struct kp_listing_function *function,
                    const struct kp_memory_function *memory, const size_t *sources)
{
    size_t next = 0;
    for (size_t i = 0; i < memory->row_count; i++) {
        const struct kp_memory_row *row = &memory->rows[i];
        struct kp_listing_line *line = find_line(function, next, sources[row->source], row->line);
        if (!line) {
            line = kp_listing_add_line(listing, function, sources[row->source], row->line);
            if (!line)
                return -1;
            line->stored[KP_COLUMN_HITS] = row->occurrences;
            function->hits += row->occurrences;
        }
        for (size_t c = 0; c < KP_COLUMNS_FIXED; c++)
            if (listing->columns.at[c].column->group == KP_GROUP_MEMORY)
                line->stored[c] = row->stored[c];
        next = (size_t)(line - function->lines) + 1;
    }
    return 0;
}

static int add_functions(struct kp_listing *listing, const struct kp_memory_listing *memory, const size_t *sources)
{
    size_t next = 0;
    for (size_t i = 0; i < memory->function_count; i++) {
        const struct kp_memory_function *own = &memory->functions[i];
        struct kp_listing_function *function = find_function(listing, next, sources[own->source], own);
        if (!function && !(function = add_function(listing, sources[own->source], own)))
            return -1;
        next = (size_t)(function - listing->functions) + 1;
        if (add_rows(listing, function, own, sources) != 0)
            return -1;
    }
    return 0;
}

int kp_listing_add_memory(struct kp_listing *listing, struct kp_memory_listing *memory)
{
    size_t *sources = calloc(memory->source_count + 1, sizeof *sources);
    int status = sources ? 0 : -1;
    for (size_t i = 0; status == 0 && i < memory->source_count; i++) {
        int64_t index = source_in(listing, &memory->sources[i]);
        sources[i] = (size_t)index;
        status = index < 0 ? -1 : 0;
    }
    if (status == 0)
        status = add_functions(listing, memory, sources);
    listing->has_memory = status == 0;
    free(sources);
    return status;
}
