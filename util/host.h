/* Who and where this process is, for rows of runs and for file names. */
#ifndef KP_UTIL_HOST_H
#define KP_UTIL_HOST_H

#include <stdbool.h>
#include <stddef.h>

void kp_host_name(char *name, size_t size);

/* The rank under Open MPI, MPICH or Slurm; -1: none. */
int kp_host_rank(void);

/* There are more ranks than this one. */
bool kp_host_has_other_ranks(void);

/* `pattern` with %p (process id), %r (rank), %h (host) and %% replaced; to be freed. NULL: an unknown letter.
 * `parts_ranks`: whether each rank gets another name. */
char *kp_host_expand(const char *pattern, bool *parts_ranks);

/* `path` with the rank in front of its suffix (x.0.lprof), to be freed. */
char *kp_host_add_rank(const char *path);

#endif
