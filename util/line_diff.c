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
    ptrdiff_t *forward;  /* by diagonal: how far down `old` a search from the start gets with so many edits */
    ptrdiff_t *backward; /* likewise from the end */
    size_t *match;
};

struct box {
    ptrdiff_t old_start, old_end, new_start, new_end;
};

struct point {
    ptrdiff_t old, new;
};

/* One more edit from the start. true: it met the search from the end, in `middle`. `furthest` is updated. */
static bool step_forward(const struct diff *diff, const struct box *box, ptrdiff_t edits, bool meets,
                         struct point *middle, struct point *furthest)
{
    ptrdiff_t delta = (box->old_end - box->old_start) - (box->new_end - box->new_start);
    for (ptrdiff_t k = -edits; k <= edits; k += 2) {
        ptrdiff_t x = k == -edits || (k != edits && diff->forward[k - 1] < diff->forward[k + 1])
                          ? diff->forward[k + 1]
                          : diff->forward[k - 1] + 1;
        ptrdiff_t y = x - k;
        while (x < box->old_end - box->old_start && y < box->new_end - box->new_start && x >= 0 && y >= 0 &&
               diff->old[box->old_start + x] == diff->new[box->new_start + y]) {
            x++;
            y++;
        }
        diff->forward[k] = x;
        bool inside = x >= 0 && y >= 0 && x <= box->old_end - box->old_start && y <= box->new_end - box->new_start;
        if (inside && x + y > furthest->old + furthest->new)
            *furthest = (struct point){x, y};
        if (meets && inside && k >= delta - (edits - 1) && k <= delta + (edits - 1) &&
            x + diff->backward[k] >= box->old_end - box->old_start) {
            *middle = (struct point){x, y};
            return true;
        }
    }
    return false;
}

/* One more edit from the end; diagonals are those of step_forward, distances are counted from the end. */
static bool step_backward(const struct diff *diff, const struct box *box, ptrdiff_t edits, bool meets,
                          struct point *middle)
{
    ptrdiff_t old_size = box->old_end - box->old_start;
    ptrdiff_t new_size = box->new_end - box->new_start;
    ptrdiff_t delta = old_size - new_size;
    for (ptrdiff_t c = -edits; c <= edits; c += 2) {
        ptrdiff_t k = delta - c; /* c counts as k does, seen from the end */
        ptrdiff_t x = c == -edits || (c != edits && diff->backward[k + 1] < diff->backward[k - 1])
                          ? diff->backward[k - 1]
                          : diff->backward[k + 1] + 1;
        ptrdiff_t y = x - c;
        while (x < old_size && y < new_size && x >= 0 && y >= 0 &&
               diff->old[box->old_end - 1 - x] == diff->new[box->new_end - 1 - y]) {
            x++;
            y++;
        }
        diff->backward[k] = x;
        bool inside = x >= 0 && y >= 0 && x <= old_size && y <= new_size;
        if (meets && inside && k >= -edits && k <= edits && x + diff->forward[k] >= old_size) {
            *middle = (struct point){old_size - x, new_size - y};
            return true;
        }
    }
    return false;
}

/* A point that a shortest edit of the box goes through; relative to its start. */
static struct point find_middle(const struct diff *diff, const struct box *box)
{
    ptrdiff_t delta = (box->old_end - box->old_start) - (box->new_end - box->new_start);
    bool odd = delta & 1;
    struct point middle = {0, 0};
    struct point furthest = {0, 0};
    diff->forward[1] = 0;
    diff->backward[delta - 1] = 0;
    for (ptrdiff_t edits = 0; edits <= EDITS_MAX; edits++) {
        if (step_forward(diff, box, edits, odd, &middle, &furthest) || step_backward(diff, box, edits, !odd, &middle))
            return middle;
    }
    return furthest;
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
        struct box before = {box.old_start, box.old_start + middle.old, box.new_start, box.new_start + middle.new};
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
