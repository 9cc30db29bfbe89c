/* Two profiles compared with each other: functions and lines that became slower or faster, beyond noise.
 *
 * Times are those of one run: a merged profile's divided by the number of profiles in it. Functions are matched by name
 * and file, then by name, then by their text (renamed or moved to another file); lines by a text diff of the two
 * bodies, so that a line that moved is still itself. As many lines in the place of as many others are taken for the
 * same ones, edited.
 *
 * Noise is what the difference may be off by, at 95 %. Of one side it is the larger of two: the error of its times as
 * the profile has it (`error_ns`); and, where several profiles were merged, what their spread says of the mean: the
 * standard deviation as the range gives it (Tippett 1925), over the square root of their number, times Student's t. A
 * single run beside several takes their standard deviation. The two sides' noises are added as squares. With one run on
 * each side and exact times there is nothing to tell noise by: it is 0, and said to be unknown. */
#ifndef KP_VIEWER_MODEL_COMPARE_H
#define KP_VIEWER_MODEL_COMPARE_H

#include <stdio.h>

#include "viewer/model/listing.h"

struct kp_change {
    double old_ns; /* of one run */
    double new_ns;
    double noise_ns;
};

struct kp_compare_line {
    const struct kp_listing_line *old; /* NULL: there is no such line, or it has no code */
    const struct kp_listing_line *new;
    int64_t old_number; /* 0: there is no such line */
    int64_t new_number;
    bool edited; /* the text is not the same */
    struct kp_change time;
    double old_hits; /* of one run */
    double new_hits;
};

struct kp_compare_function {
    const struct kp_listing_function *old; /* NULL: only in the new profile */
    const struct kp_listing_function *new; /* NULL: only in the old one */
    struct kp_change time;
    struct kp_compare_line *lines; /* all of both bodies; see kp_compare_has_code */
    size_t line_count;
};

struct kp_compare {
    const struct kp_listing *old;
    const struct kp_listing *new;
    struct kp_compare_function *functions; /* what lost most first: by change, then by name */
    size_t function_count;
    struct kp_change total; /* own time of all functions */
    bool noise_known;
};

enum kp_verdict { KP_SAME, KP_SLOWER, KP_FASTER, KP_ADDED, KP_REMOVED, KP_UNMEASURED };

/* Both listings must stay until kp_compare_free. -1 with `error` filled: out of memory. */
int kp_compare_build(struct kp_compare *compare, const struct kp_listing *old, const struct kp_listing *new,
                     struct kp_error *error);

/* Is there code on either side? Other lines are there for their text. */
bool kp_compare_has_code(const struct kp_compare_line *line);

/* The source that the text of a side stands in; `new_side`: line `new_number` of it. */
const struct kp_source *kp_compare_source(const struct kp_compare *compare, const struct kp_compare_function *function,
                                          const struct kp_compare_line *line, bool new_side);

/* Changes below `least_percent` of the old total count as none. */
enum kp_verdict kp_compare_verdict(const struct kp_compare *compare, const struct kp_change *change,
                                   double least_percent);
enum kp_verdict kp_compare_function_verdict(const struct kp_compare *compare,
                                            const struct kp_compare_function *function, double least_percent);
enum kp_verdict kp_compare_line_verdict(const struct kp_compare *compare, const struct kp_compare_line *line,
                                        double least_percent);
const char *kp_verdict_name(enum kp_verdict verdict);

/* How many things became slower by more than `percent` beyond noise, or are not measured any more; `worst` says what
 * the worst of them is. */
size_t kp_compare_failures(const struct kp_compare *compare, double percent, double least_percent, char *worst,
                           size_t size);

void kp_compare_free(struct kp_compare *compare);

#endif
