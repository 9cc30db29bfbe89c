/* The lines of a listing that ran, across functions, hottest first. */
#ifndef KP_VIEWER_MODEL_HOT_LINES_H
#define KP_VIEWER_MODEL_HOT_LINES_H

#include "viewer/model/listing.h"

struct kp_hot_line {
    const struct kp_listing_function *function;
    const struct kp_listing_line *line;
    int64_t rank_ns; /* its own time as it counts for the order */
};

/* By own time, of which less than `least_ns` counts as none, and then by hits. To be freed; NULL with `error` filled:
 * out of memory. */
struct kp_hot_line *kp_hot_lines(const struct kp_listing *listing, int64_t least_ns, size_t *count,
                                 struct kp_error *error);

#endif
