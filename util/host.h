/* Who and where this process is, for rows of runs and for file names. */
#ifndef KP_UTIL_HOST_H
#define KP_UTIL_HOST_H

#include <stddef.h>

void kp_host_name(char *name, size_t size);

/* The rank under Open MPI, MPICH or Slurm; -1: none. */
int kp_host_rank(void);

/* `pattern` with %p (process id), %r (rank), %h (host) and %% replaced; to be freed. NULL: an unknown letter. */
char *kp_host_expand(const char *pattern);

#endif
