/* See listing.h. */
#include "viewer/model/listing.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"

struct kp_listing_line *kp_listing_add_line(const struct kp_listing *listing, struct kp_listing_function *function,
                                            size_t source, int64_t line)
{
    struct kp_listing_line *lines = kp_array_grow(function->lines, function->line_count, sizeof *lines);
    if (!lines)
        return NULL;
    function->lines = lines;
    int64_t *stored = calloc(listing->columns.count, sizeof *stored);
    if (!stored)
        return NULL;
    for (size_t i = 0; i < listing->columns.count; i++)
        if (listing->columns.at[i].column->group == KP_GROUP_MEMORY)
            stored[i] = KP_NOT_KNOWN;
    struct kp_listing_line *added = &lines[function->line_count++];
    *added = (struct kp_listing_line){.source = source, .line = line, .stored = stored};
    return added;
}

static struct kp_column_line column_line(const struct kp_listing *listing, const struct kp_listing_function *function,
                                         const struct kp_listing_line *line)
{
    return (struct kp_column_line){.stored = line->stored,
                                   .timed = listing->timed,
                                   .profiles = listing->profiles,
                                   .function_ns = function->time_ns};
}

struct kp_value kp_listing_value(const struct kp_listing *listing, const struct kp_listing_function *function,
                                 const struct kp_listing_line *line, size_t column)
{
    struct kp_column_line of = column_line(listing, function, line);
    return kp_column_value(&listing->columns, &of, column);
}

void kp_listing_fit(struct kp_listing *listing, const struct kp_listing_function *function,
                    const struct kp_listing_line *line, double unit_s)
{
    struct kp_column_line of = column_line(listing, function, line);
    kp_columns_fit(&listing->columns, &of, unit_s);
}

bool kp_listing_has(const struct kp_listing *listing, enum kp_column_group group)
{
    switch (group) {
    case KP_GROUP_THREADS: return listing->threaded;
    case KP_GROUP_RANKS: return listing->profiles > 1;
    case KP_GROUP_MEMORY: return listing->has_memory;
    default: return true;
    }
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Sources are loaded by id, so places are compared by path. qsort_r is not stable: all ties end here. */
static int compare_place(const void *left, const void *right, void *context)
{
    const struct kp_source *sources = context;
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = strcmp(sources[a->source].path, sources[b->source].path);
    order = order ? order : compare_numbers(a->line, b->line);
    order = order ? order : strcmp(a->name, b->name);
    return order ? order : strcmp(a->instance ? a->instance : "", b->instance ? b->instance : "");
}

static int compare_time(const void *left, const void *right, void *context)
{
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = compare_numbers(a->time_ns, b->time_ns);
    return order ? order : compare_place(left, right, context);
}

static int compare_hits(const void *left, const void *right, void *context)
{
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = compare_numbers(a->hits, b->hits);
    return order ? order : compare_place(left, right, context);
}

static int compare_name(const void *left, const void *right, void *context)
{
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : compare_place(left, right, context);
}

static const struct {
    const char *name;
    int (*compare)(const void *, const void *, void *);
} orders[] = {
    [KP_ORDER_LINE] = {"line", compare_place},
    [KP_ORDER_TIME] = {"time", compare_time},
    [KP_ORDER_HITS] = {"hits", compare_hits},
    [KP_ORDER_NAME] = {"name", compare_name},
};

void kp_listing_sort(struct kp_listing *listing, enum kp_listing_order order)
{
    if (listing->function_count < 2)
        return;
    qsort_r(listing->functions, listing->function_count, sizeof *listing->functions, orders[order].compare,
            listing->sources);
}

int kp_listing_order_parse(const char *name, enum kp_listing_order *order)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (strcmp(name, orders[i].name) == 0) {
            *order = (enum kp_listing_order)i;
            return 0;
        }
    return -1;
}

void kp_listing_free_function(struct kp_listing_function *function)
{
    for (size_t i = 0; i < function->line_count; i++)
        free(function->lines[i].stored);
    free(function->name);
    free(function->instance);
    free(function->lines);
}

void kp_listing_free(struct kp_listing *listing)
{
    for (size_t i = 0; i < listing->function_count; i++)
        kp_listing_free_function(&listing->functions[i]);
    free(listing->functions);
    for (size_t i = 0; i < listing->source_count; i++)
        kp_source_free(&listing->sources[i]);
    free(listing->sources);
    kp_columns_free(&listing->columns);
    *listing = (struct kp_listing){0};
}
