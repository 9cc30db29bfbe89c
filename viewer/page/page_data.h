/* What the pages of a profile and of a comparison share. */
#ifndef KP_VIEWER_PAGE_PAGE_DATA_H
#define KP_VIEWER_PAGE_PAGE_DATA_H

#include <json-c/json.h>
#include <stdio.h>

#include "viewer/model/listing.h"

/* Adds the rows of a view under its name, as columns of values, which is half the size of rows with names. Where a view
 * has more columns than this version knows of, they go in too. -1 with `error` filled. */
int kp_page_add_view(struct json_object *to, sqlite3 *profile, const char *view, struct kp_error *error);

/* Appends the sources of a listing with their texts. */
void kp_page_add_sources(struct json_object *array, const struct kp_listing *listing);

/* A number as short as it can be written without losing anything. */
struct json_object *kp_page_number(double number);

/* What the page has to know of a column to show it: key, heading, kind, group, whether it is shown unasked. */
struct json_object *kp_page_column(const struct kp_column *column);

/* Writes the template with `data` in it, and frees `data`. -1 with `error` filled: there is no template. */
int kp_page_write(struct json_object *data, FILE *out, struct kp_error *error);

#endif
