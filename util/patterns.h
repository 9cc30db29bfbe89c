/* Names of files as users give them to commands that take many: a name that exists, or a pattern. */
#ifndef KP_UTIL_PATTERNS_H
#define KP_UTIL_PATTERNS_H

#include "util/error.h"
#include "util/words.h"

/* Appends `name` where such a file exists or where it is no pattern, otherwise the files that it matches (glob(7)), in
 * order. -1 with `error` filled: a pattern that matches nothing. */
int kp_patterns_expand(struct kp_words *files, const char *name, struct kp_error *error);

#endif
