/* See default_view.h. */
#include "viewer/model/call_graph.h"
#include "viewer/model/listing_load.h"
#include "viewer/model/source.h"
#include "viewer/text/default_view.h"
#include "viewer/text/summary.h"
#include "viewer/text/text.h"
#include "viewer/text/timers.h"

#include <string.h>

#include "util/output.h"

int kp_view_functions(sqlite3 *profile, const struct kp_summary_options *options, FILE *out, struct kp_error *error)
{
    struct kp_call_graph model;
    if (kp_call_graph_load(&model, profile, error) != 0)
        return -1;
    int status = kp_summary_render(&model, options, out, error);
    kp_call_graph_free(&model);
    return status;
}

static int show_listing(sqlite3 *profile, FILE *out, struct kp_error *error)
{
    struct kp_listing listing;
    struct kp_text_options options = kp_text_defaults();
    if (kp_listing_load(&listing, profile, NULL, error) != 0)
        return -1;
    kp_text_render(&listing, &options, out);
    kp_listing_free(&listing);
    return 0;
}

int kp_view_profile(const char *path, FILE *out, struct kp_error *error)
{
    sqlite3 *profile = kp_profile_open(path, error);
    if (!profile)
        return -1;
    struct kp_summary_options summary = {0};
    int status = kp_timers_alone(profile)                   ? kp_timers_render(profile, false, out, error)
                 : kp_profile_is_kind(profile, "functions") ? kp_view_functions(profile, &summary, out, error)
                                                            : show_listing(profile, out, error);
    if (status == 0)
        status = kp_output_flush(out, out == stdout ? "standard output" : "listing", error);
    sqlite3_close(profile);
    return status;
}

int kp_view_hottest(sqlite3 *profile, struct kp_hottest *hottest)
{
    struct kp_error unused;
    *hottest = (struct kp_hottest){0};
    sqlite3_stmt *statement = kp_profile_prepare(
        profile,
        "SELECT h.file, h.line, h.function, h.time_ns, (SELECT TOTAL(o.time_ns) FROM lines o "
        "WHERE o.function = h.function AND o.function_line = h.function_line) FROM lines h WHERE h.self_ns > 0 "
        "ORDER BY h.self_ns DESC, h.time_ns DESC LIMIT 1",
        &unused);
    if (!statement)
        return -1;
    int status = sqlite3_step(statement);
    if (status == SQLITE_ROW) {
        const char *file = (const char *)sqlite3_column_text(statement, 0);
        const char *function = (const char *)sqlite3_column_text(statement, 2);
        double whole = sqlite3_column_double(statement, 4);
        snprintf(hottest->file, sizeof hottest->file, "%s", kp_source_shown_path(file ? file : ""));
        snprintf(hottest->function, sizeof hottest->function, "%s", function ? function : "");
        hottest->line = sqlite3_column_int64(statement, 1);
        hottest->percent = whole > 0 ? 100 * sqlite3_column_double(statement, 3) / whole : 0;
    }
    sqlite3_finalize(statement);
    return status == SQLITE_ROW || status == SQLITE_DONE ? 0 : -1;
}
