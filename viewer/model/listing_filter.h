/* Which functions of a profile a listing has. */
#ifndef KP_VIEWER_MODEL_LISTING_FILTER_H
#define KP_VIEWER_MODEL_LISTING_FILTER_H

#include "viewer/model/listing.h"

/* Names are globs (fnmatch). A file's glob is compared with its absolute path, the path below the working folder, and
 * its last part. No globs: all. */
struct kp_listing_filter {
    const char *const *functions;
    size_t function_count;
    const char *const *files;
    size_t file_count;
    bool skip_zero;
    bool instances; /* part the instances of one source function */
};

/* Drops the functions that the filter leaves out; `name` is the profile's, for messages. -1 with `error` filled: a glob
 * matches nothing, which is never silent. */
int kp_listing_filter(struct kp_listing *listing, const struct kp_listing_filter *filter, const char *name,
                      struct kp_error *error);

#endif
