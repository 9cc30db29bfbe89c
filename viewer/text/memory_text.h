/* A memory profile by line as text: what `python -m memory_profiler` prints, column for column. */
#ifndef KP_VIEWER_TEXT_MEMORY_TEXT_H
#define KP_VIEWER_TEXT_MEMORY_TEXT_H

#include <stdio.h>

#include "viewer/model/memory_listing.h"

struct kp_memory_text_options {
    const struct kp_columns *columns; /* the visible ones of memory are shown behind the usual three */
    int precision;                    /* digits behind the point of a MiB */
};

struct kp_memory_text_options kp_memory_text_defaults(const struct kp_columns *columns);

/* Loads and renders. -1 with `error` filled. */
int kp_memory_text_show(sqlite3 *profile, const struct kp_memory_text_options *options, FILE *out,
                        struct kp_error *error);

/* Whether all was really written is for the caller to check (kp_output_flush). */
void kp_memory_text_render(const struct kp_memory_listing *listing, const struct kp_memory_text_options *options,
                           FILE *out);

#endif
