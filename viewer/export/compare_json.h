/* A comparison of two profiles as JSON; docs/export.md names the keys. */
#ifndef KP_VIEWER_EXPORT_COMPARE_JSON_H
#define KP_VIEWER_EXPORT_COMPARE_JSON_H

#include <stdio.h>

#include "viewer/model/compare.h"

/* Writes all of it. */
void kp_compare_json(const struct kp_compare *compare, double least_percent, FILE *out);

#endif
