/* Reading a listing from a profile. */
#ifndef KP_VIEWER_MODEL_LISTING_LOAD_H
#define KP_VIEWER_MODEL_LISTING_LOAD_H

#include "viewer/model/listing_filter.h"
#include "viewer/model/memory_listing.h"

/* Fills `listing`, in order of file and line; `filter` may be NULL. -1 with `error` filled (a damaged file; a glob that
 * matches nothing, which is never silent), nothing then to free. */
int kp_listing_load(struct kp_listing *listing, sqlite3 *profile, const struct kp_listing_filter *filter,
                    struct kp_error *error);

/* The same with what lines allocated beside it (NULL: nothing); sources of `memory` may move to the listing. */
int kp_listing_load_with_memory(struct kp_listing *listing, sqlite3 *profile, struct kp_memory_listing *memory,
                                const struct kp_listing_filter *filter, struct kp_error *error);

#endif
