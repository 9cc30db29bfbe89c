/* See line_diff.h. Myers, "An O(ND) difference algorithm and its variations" (1986), in linear space: the middle of a
 * shortest edit is searched from both ends at once, and what lies on its two sides is solved likewise. */
#include "util/line_diff.h"

#include <stdbool.h>
#include <stdlib.h>

/* Edits that are searched for in one box. Beyond it the box is cut in two where the search got furthest. */
enum { EDITS_MAX = 4096 };

struct diff {
    const uint32_t *old;
    const uint32_t *new;
    ptrdiff_t *forward;  /* struct search's `reached` of the search from the start */
    ptrdiff_t *backward; /* and of that from the end */
    size_t *match;
};

struct box {
    ptrdiff_t old_start, old_end, new_start, new_end;
};

struct point {
    ptrdiff_t in_old, in_new;
};

/* One of the two searches of a box. Distances are counted from where it begins, and so are diagonals: the distance in
 * `old` less that in `new`. Diagonal k of one search is diagonal old_size - new_size - k of the other. */
struct search {
    const struct diff *diff;
    const struct box *box;
    bool from_end;
    ptrdiff_t *reached; /* by diagonal: the distance in `old` that it gets to with so many edits */
    struct point last;  /* where the last step met the other search */
    struct point furthest;
};

static struct point size_of(const struct box *box)
{
    return (struct point){box->old_end - box->old_start, box->new_end - box->new_start};
}

static bool is_equal_at(const struct search *search, struct point at)
{
    const struct diff *diff = search->diff;
    const struct box *box = search->box;
    if (search->from_end)
        return diff->old[box->old_end - 1 - at.in_old] == diff->new[box->new_end - 1 - at.in_new];
    return diff->old[box->old_start + at.in_old] == diff->new[box->new_start + at.in_new];
}

/* One more edit on diagonal k, and all equal elements behind it. */
static struct point advance(const struct search *search, ptrdiff_t k, ptrdiff_t edits)
{
    const ptrdiff_t *reached = search->reached;
    bool inserts = k == -edits || (k != edits && reached[k - 1] < reached[k + 1]);
    ptrdiff_t old = inserts ? reached[k + 1] : reached[k - 1] + 1;
    struct point at = {old, old - k};
    struct point size = size_of(search->box);
    while (at.in_old >= 0 && at.in_new >= 0 && at.in_old < size.in_old && at.in_new < size.in_new &&
           is_equal_at(search, at)) {
        at.in_old++;
        at.in_new++;
    }
    return at;
}

/* One more edit on all diagonals. true: it met `other`, which has made `other_edits` (below zero: they cannot meet in
 * this step). */
static bool step(struct search *search, ptrdiff_t edits, const struct search *other, ptrdiff_t other_edits)
{
    struct point size = size_of(search->box);
    for (ptrdiff_t k = -edits; k <= edits; k += 2) {
        struct point at = advance(search, k, edits);
        search->reached[k] = at.in_old;
        if (at.in_old < 0 || at.in_new < 0 || at.in_old > size.in_old || at.in_new > size.in_new)
            continue;
        if (at.in_old + at.in_new > search->furthest.in_old + search->furthest.in_new)
            search->furthest = at;
        ptrdiff_t opposite = size.in_old - size.in_new - k;
        if (labs(opposite) <= other_edits && at.in_old + other->reached[opposite] >= size.in_old) {
            search->last = at;
            return true;
        }
    }
    return false;
}

/* A point that a shortest edit of the box goes through; relative to its start. */
static struct point find_middle(const struct diff *diff, const struct box *box)
{
    struct search forward = {.diff = diff, .box = box, .reached = diff->forward};
    struct search backward = {.diff = diff, .box = box, .reached = diff->backward, .from_end = true};
    struct point size = size_of(box);
    bool odd = (size.in_old - size.in_new) & 1; /* then they meet after a step of the first, otherwise of the second */
    forward.reached[1] = 0;
    backward.reached[1] = 0;
    for (ptrdiff_t edits = 0; edits <= EDITS_MAX; edits++) {
        if (step(&forward, edits, &backward, odd ? edits - 1 : -1))
            return forward.last;
        if (step(&backward, edits, &forward, odd ? -1 : edits))
            return (struct point){size.in_old - backward.last.in_old, size.in_new - backward.last.in_new};
    }
    return forward.furthest;
}

static void solve(const struct diff *diff, struct box box)
{
    for (;;) {
        while (box.old_start < box.old_end && box.new_start < box.new_end &&
               diff->old[box.old_start] == diff->new[box.new_start])
            diff->match[box.old_start++] = (size_t)box.new_start++;
        while (box.old_start < box.old_end && box.new_start < box.new_end &&
               diff->old[box.old_end - 1] == diff->new[box.new_end - 1])
            diff->match[--box.old_end] = (size_t)--box.new_end;
        if (box.old_start == box.old_end || box.new_start == box.new_end)
            return;
        struct point middle = find_middle(diff, &box);
        struct box before = {box.old_start, box.old_start + middle.in_old, box.new_start,
                             box.new_start + middle.in_new};
        bool start = before.old_end == box.old_start && before.new_end == box.new_start;
        bool end = before.old_end == box.old_end && before.new_end == box.new_end;
        if (start || end)
            return; /* nothing in it is equal */
        solve(diff, before);
        box.old_start = before.old_end;
        box.new_start = before.new_end;
    }
}

int kp_line_diff(const uint32_t *old, size_t old_count, const uint32_t *new, size_t new_count, size_t *match)
{
    size_t diagonals = 2 * (old_count + new_count) + 2 * EDITS_MAX + 8;
    ptrdiff_t *space = calloc(2 * diagonals, sizeof *space);
    if (!space)
        return -1;
    for (size_t i = 0; i < old_count; i++)
        match[i] = KP_LINE_DIFF_NONE;
    struct diff diff = {
        .old = old,
        .new = new,
        .forward = space + diagonals / 2,
        .backward = space + diagonals + diagonals / 2,
        .match = match,
    };
    solve(&diff, (struct box){0, (ptrdiff_t)old_count, 0, (ptrdiff_t)new_count});
    free(space);
    return 0;
}
