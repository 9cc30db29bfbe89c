/* What stayed when one sequence became another (a file that was edited, by its lines). */
#ifndef KP_UTIL_LINE_DIFF_H
#define KP_UTIL_LINE_DIFF_H

#include <stddef.h>
#include <stdint.h>

#define KP_LINE_DIFF_NONE SIZE_MAX

/* Fills `match` (one entry for each of `old`): the index in `new` of the element that it became, or KP_LINE_DIFF_NONE.
 * Matches are of equal elements and ascend. The longest such matching, unless the two differ so much that finding it
 * would take too long: then a shorter one. 0, or -1: out of memory. */
int kp_line_diff(const uint32_t *old, size_t old_count, const uint32_t *new, size_t new_count, size_t *match);

#endif
