/* -fkernprof-memory: the interposer as a part of the program, for programs before which none can be loaded (static
 * ones, and those that have an allocator linked in). */
#ifndef KP_KERNPROF_COMPILE_LINK_INTERPOSER_H
#define KP_KERNPROF_COMPILE_LINK_INTERPOSER_H

#include "util/words.h"

/* Adds what the compiler needs to link it; `prefix` as in struct kp_toolchain. */
void kp_link_memory(struct kp_words *command, const char *prefix, int cxx);

#endif
