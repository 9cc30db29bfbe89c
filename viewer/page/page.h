/* A profile, or two compared with each other, as one web page that needs no network: a template, bundled from
 * viewer/web/ when kernprof is built, with the profile put into it as JSON. */
#ifndef KP_VIEWER_PAGE_PAGE_H
#define KP_VIEWER_PAGE_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "viewer/model/compare.h"
#include "viewer/model/listing.h"

/* Was the template bundled? Not where the build found no Node.js. */
bool kp_page_available(void);

/* `name` is what the page calls the profile. Whether all was really written is for the caller to check.
 * 0, or -1 with `error` filled (no template; a damaged profile). */
int kp_page_render(const struct kp_listing *listing, sqlite3 *profile, const char *name, FILE *out,
                   struct kp_error *error);

/* One side of a comparison: what the page calls it, and where its runs stand. */
struct kp_page_side {
    const char *name;
    sqlite3 *profile;
};

/* Changes below `least_percent` count as none, as in the text. Returns as kp_page_render does. */
int kp_page_compare(const struct kp_compare *compare, double least_percent, const struct kp_page_side *old,
                    const struct kp_page_side *new, FILE *out, struct kp_error *error);

#endif
