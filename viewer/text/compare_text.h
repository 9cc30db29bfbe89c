/* A comparison of two profiles for people. */
#ifndef KP_VIEWER_TEXT_COMPARE_TEXT_H
#define KP_VIEWER_TEXT_COMPARE_TEXT_H

#include <stdio.h>

#include "viewer/model/compare.h"

/* What changed; `all`: also what did not. */
void kp_compare_text(const struct kp_compare *compare, double least_percent, bool all, double unit_s, FILE *out);

#endif
