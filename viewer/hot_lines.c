/* See hot_lines.h. */
#include "viewer/hot_lines.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const struct kp_hot_line *a = left;
    const struct kp_hot_line *b = right;
    if (a->line->self_ns != b->line->self_ns)
        return a->line->self_ns < b->line->self_ns ? 1 : -1;
    if (a->line->hits != b->line->hits)
        return a->line->hits < b->line->hits ? 1 : -1;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

struct kp_hot_line *kp_hot_lines(const struct kp_listing *listing, size_t *count, struct kp_error *error)
{
    size_t room = 1;
    for (size_t i = 0; i < listing->function_count; i++)
        room += listing->functions[i].line_count;
    struct kp_hot_line *lines = calloc(room, sizeof *lines);
    *count = 0;
    if (!lines) {
        kp_fail(error, "view: out of memory");
        return NULL;
    }
    for (size_t i = 0; i < listing->function_count; i++) {
        const struct kp_listing_function *function = &listing->functions[i];
        for (size_t l = 0; l < function->line_count; l++)
            if (function->lines[l].hits > 0)
                lines[(*count)++] = (struct kp_hot_line){function, &function->lines[l]};
    }
    qsort(lines, *count, sizeof *lines, compare);
    return lines;
}
