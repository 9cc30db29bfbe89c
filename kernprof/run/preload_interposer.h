/* The interposer before the program. */
#ifndef KP_KERNPROF_RUN_PRELOAD_INTERPOSER_H
#define KP_KERNPROF_RUN_PRELOAD_INTERPOSER_H

#include "util/error.h"

/* Puts it first in LD_PRELOAD, keeping what is there (a program may want its allocator preloaded). 0, or -1 with
 * `error`. */
int kp_preload_interposer(struct kp_error *error);

/* Puts LD_PRELOAD back as it was. */
void kp_preload_end(void);

#endif
