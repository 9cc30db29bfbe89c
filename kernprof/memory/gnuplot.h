/* Drawing by gnuplot. */
#ifndef KP_KERNPROF_MEMORY_GNUPLOT_H
#define KP_KERNPROF_MEMORY_GNUPLOT_H

#include <stdio.h>

#include "util/error.h"

/* Runs gnuplot on `script`; what it draws goes to `out`. 0, or -1 with `error` (it is not installed, it failed). */
int kp_gnuplot_run(const char *script, size_t size, FILE *out, struct kp_error *error);

#endif
