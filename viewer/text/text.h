/* The listing as text: what `python -m line_profiler` prints, column for column. */
#ifndef KP_VIEWER_TEXT_TEXT_H
#define KP_VIEWER_TEXT_TEXT_H

#include <stdio.h>

#include "viewer/model/listing.h"

struct kp_text_options {
    double unit_s;
    bool color;   /* heat by % time */
    bool summary; /* one line per function at the end */
};

/* unit 1e-6 s, neither color nor summary */
struct kp_text_options kp_text_defaults(void);

/* A line of the source as it is shown: without tabs and control characters; nothing where there is none. */
void kp_text_print_source_line(const struct kp_source *source, int64_t number, FILE *out);

/* What is to be said of the source, if anything: it changed, it is missing. */
void kp_text_print_source_note(const struct kp_source *source, FILE *out);

/* Shows the visible columns of `listing`, and fits their widths. Whether all was really written is for the caller to
 * check (kp_output_flush). */
void kp_text_render(struct kp_listing *listing, const struct kp_text_options *options, FILE *out);

#endif
