/* The lines of a listing that ran, across functions, hottest first. */
#ifndef KP_VIEWER_HOT_LINES_H
#define KP_VIEWER_HOT_LINES_H

#include "viewer/listing.h"

struct kp_hot_line {
    const struct kp_listing_function *function;
    const struct kp_listing_line *line;
};

/* By own time, where none was taken by hits. To be freed; NULL with `error` filled: out of memory. */
struct kp_hot_line *kp_hot_lines(const struct kp_listing *listing, size_t *count, struct kp_error *error);

#endif
