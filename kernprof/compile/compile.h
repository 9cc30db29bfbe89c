/* The command line that compiles and links with instrumentation: for `kernprof cc`, and for `kernprof -l file.c`. */
#ifndef KP_KERNPROF_COMPILE_COMPILE_H
#define KP_KERNPROF_COMPILE_COMPILE_H

#include "util/error.h"

/* The clang and its arguments for the user's arguments `argv[0 .. argc-1]` (without a program name), as for C++ when
 * `cxx` is not 0. $KERNPROF_CFLAGS goes before them. The first word is the path to execute.
 * The array ends with NULL; it and its words are from malloc (kp_words_free_array). NULL: `error` is filled. */
char **kp_compile_arguments(int cxx, int argc, char **argv, struct kp_error *error);

#endif
