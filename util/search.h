/* Binary search in anything that is in order, an array or not. */
#ifndef KP_UTIL_SEARCH_H
#define KP_UTIL_SEARCH_H

#include <stddef.h>

/* The first of the elements 0 to count - 1 that does not come before what is looked for; `count` if all of them do.
 * `comes_before(what, i)` says whether element i does. It must be true of a first part of the elements and false of the
 * rest. `what` is passed on as it is. */
static inline size_t kp_search_first(size_t count, int (*comes_before)(const void *what, size_t element),
                                     const void *what)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (comes_before(what, middle))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
