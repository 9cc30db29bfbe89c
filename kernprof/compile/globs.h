/* Patterns of -fkernprof-functions= and -fkernprof-files= that chose nothing. */
#ifndef KP_KERNPROF_COMPILE_GLOBS_H
#define KP_KERNPROF_COMPILE_GLOBS_H

#include <stdint.h>

#include "util/words.h"

/* The patterns as options, as they were given. Start with {0}, end with kp_globs_free. */
struct kp_globs {
    struct kp_words matched;
    struct kp_words unmatched; /* may also be in `matched`: by another translation unit */
};

/* Adds the patterns of a map section; damage ends it early. */
void kp_globs_add(struct kp_globs *globs, const void *map, uint64_t size);

/* The next pattern, as the option that gave it, that matched in no map that was added; NULL: no more. Start with
 * *index 0. */
const char *kp_globs_next_unmatched(const struct kp_globs *globs, size_t *index);

void kp_globs_free(struct kp_globs *globs);

#endif
