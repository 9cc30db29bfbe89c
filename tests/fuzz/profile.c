/* Any bytes as a profile: opened, listed, compared with itself, made a page of, exported in every format and view. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/profile.h"
#include "viewer/export/export.h"
#include "viewer/export/compare_json.h"
#include "viewer/model/compare.h"
#include "viewer/model/listing_load.h"
#include "viewer/model/units.h"
#include "viewer/page/page.h"
#include "viewer/text/compare_text.h"
#include "viewer/text/default_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void export_all(const char *path, FILE *out)
{
    struct kp_error error;
    sqlite3 *profile = kp_profile_open(path, &error);
    if (!profile)
        return;
    struct kp_hottest hottest;
    kp_view_hottest(profile, &hottest);
    for (const struct kp_export_format *format = kp_export_formats; format->name; format++) {
        kp_export_write(profile, format, NULL, out, NULL, &error);
        for (const struct kp_export_view *view = kp_export_views; view->name; view++)
            kp_export_write(profile, format, view, out, NULL, &error); /* an error where the format has no views */
    }
    sqlite3_close(profile);
}

static void compare_all(const struct kp_listing *listing, sqlite3 *profile, FILE *out)
{
    struct kp_error error;
    struct kp_compare compare;
    struct kp_page_side side = {"fuzzed", profile};
    if (kp_compare_build(&compare, listing, listing, &error) != 0)
        return;
    kp_compare_text(&compare, 0, true, KP_UNIT_DEFAULT, out);
    kp_compare_json(&compare, 0, out);
    kp_page_compare(&compare, 0, &side, &side, out, &error); /* an error where there is no template */
    kp_compare_free(&compare);
}

static void render_pages(const char *path, FILE *out)
{
    struct kp_error error;
    struct kp_listing listing;
    sqlite3 *profile = kp_profile_open(path, &error);
    if (!profile)
        return;
    if (kp_listing_load(&listing, profile, NULL, &error) == 0) {
        kp_page_render(&listing, profile, "fuzzed", out, &error);
        compare_all(&listing, profile, out);
        kp_listing_free(&listing);
    }
    sqlite3_close(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    if (!nowhere && !(nowhere = fopen("/dev/null", "w")))
        abort();
    int file = memfd_create("profile", 0);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct kp_error error;
    kp_view_profile(path, nowhere, &error);
    export_all(path, nowhere);
    render_pages(path, nowhere);
    close(file);
    return 0;
}
