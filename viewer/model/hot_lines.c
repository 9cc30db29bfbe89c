/* See hot_lines.h. */
#include "viewer/model/hot_lines.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const struct kp_hot_line *a = left;
    const struct kp_hot_line *b = right;
    if (a->rank_ns != b->rank_ns)
        return a->rank_ns < b->rank_ns ? 1 : -1;
    int64_t hits = kp_listing_number(a->line, KP_COLUMN_HITS);
    int64_t other = kp_listing_number(b->line, KP_COLUMN_HITS);
    if (hits != other)
        return hits < other ? 1 : -1;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

struct kp_hot_line *kp_hot_lines(const struct kp_listing *listing, int64_t least_ns, size_t *count,
                                 struct kp_error *error)
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
        for (size_t l = 0; l < function->line_count; l++) {
            const struct kp_listing_line *line = &function->lines[l];
            int64_t self_ns = kp_listing_number(line, KP_COLUMN_SELF);
            if (kp_listing_number(line, KP_COLUMN_HITS) > 0)
                lines[(*count)++] = (struct kp_hot_line){function, line, self_ns >= least_ns ? self_ns : 0};
        }
    }
    qsort(lines, *count, sizeof *lines, compare);
    return lines;
}
