/* Listings for editors and for continuous integration: `kernprof view --format=NAME`. One file per format. */
#ifndef KP_VIEWER_TEXT_FORMAT_H
#define KP_VIEWER_TEXT_FORMAT_H

#include <stdio.h>

#include "viewer/model/listing.h"

struct kp_format {
    const char *name;
    const char *what; /* for the help */
    /* 0, or -1 with `error` filled; whether the stream took it all is for the caller to check. */
    int (*write)(const struct kp_listing *listing, FILE *out, struct kp_error *error);
};

extern const struct kp_format kp_formats[]; /* ends with a NULL name */

/* NULL with `error` filled, which names what there is. */
const struct kp_format *kp_format_find(const char *name, struct kp_error *error);

int kp_format_gcc(const struct kp_listing *listing, FILE *out, struct kp_error *error);
int kp_format_markdown(const struct kp_listing *listing, FILE *out, struct kp_error *error);
int kp_format_sarif(const struct kp_listing *listing, FILE *out, struct kp_error *error);

/* "61.3 % 1.31 s 1000 hits": share of its function's time, time and hits of a line; without times, its hits alone. */
void kp_format_figures(const struct kp_listing *listing, const struct kp_listing_function *function,
                       const struct kp_listing_line *line, FILE *out);

#endif
