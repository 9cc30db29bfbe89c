/* Arrays that double. */
#ifndef KP_UTIL_ARRAY_H
#define KP_UTIL_ARRAY_H

#include <stddef.h>
#include <stdlib.h>

/* Makes room for one more element behind the `count` that `array` holds, which may move. It is full only at 0, 1, 2, 4,
 * ... elements. NULL when memory runs out, `array` then being as it was. To be freed by the caller. */
static inline void *kp_array_grow(void *array, size_t count, size_t element_size)
{
    if (count & (count - 1))
        return array;
    return reallocarray(array, count ? 2 * count : 1, element_size);
}

#endif
