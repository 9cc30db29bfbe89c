/* What lines allocated, beside their hits and times: of a profile that memprof made of the same program. */
#ifndef KP_VIEWER_MODEL_LISTING_MEMORY_H
#define KP_VIEWER_MODEL_LISTING_MEMORY_H

#include "viewer/model/listing.h"
#include "viewer/model/memory_listing.h"

/* Gives each line of `listing` its values in `memory`. What only `memory` knows (a function
 * for memory alone) is added, with its occurrences as hits; its source moves to the listing. -1: out of memory. */
int kp_listing_add_memory(struct kp_listing *listing, struct kp_memory_listing *memory);

#endif
