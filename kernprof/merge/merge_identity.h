/* What the numbers of a profile's modules, sources and functions mean in a merge: which of them are the same as others
 * there (see merge.h). */
#ifndef KP_KERNPROF_MERGE_MERGE_IDENTITY_H
#define KP_KERNPROF_MERGE_MERGE_IDENTITY_H

#include "kernprof/merge/merge_input.h"

/* Fills the input's modules, sources and functions, with their numbers in the merge, which gets those that are new.
 * 0, or -1 with the input's error filled. */
int kp_merge_read_identities(struct kp_merge_input *input);

#endif
