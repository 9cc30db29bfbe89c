/* The page of one profile. See page.h. */
#include "viewer/page/page.h"

#include <stdlib.h>
#include <string.h>

#include "viewer/model/columns.h"
#include "viewer/page/page_data.h"

static const char *const views[] = {"runs",         "functions",      "calls",       "timers",
                                    "memory_lines", "memory_samples", "memory_marks"};

enum there { ALWAYS, IN_MERGED, WITH_THREADS };

static const struct {
    const char *name;
    size_t offset;
    enum there there;
} line_fields[] = {
    {"line", offsetof(struct kp_listing_line, line), ALWAYS},
    {"hits", offsetof(struct kp_listing_line, hits), ALWAYS},
    {"time_ns", offsetof(struct kp_listing_line, time_ns), ALWAYS},
    {"self_ns", offsetof(struct kp_listing_line, self_ns), ALWAYS},
    {"error_ns", offsetof(struct kp_listing_line, error_ns), ALWAYS},
    {"min_ns", offsetof(struct kp_listing_line, min_ns), ALWAYS},
    {"max_ns", offsetof(struct kp_listing_line, max_ns), ALWAYS},
    {"least_ns", offsetof(struct kp_listing_line, least_ns), IN_MERGED},
    {"most_ns", offsetof(struct kp_listing_line, most_ns), IN_MERGED},
    {"most_rank", offsetof(struct kp_listing_line, most_rank), IN_MERGED},
    {"threads", offsetof(struct kp_listing_line, threads), WITH_THREADS},
    {"thread_least_ns", offsetof(struct kp_listing_line, thread_least_ns), WITH_THREADS},
    {"thread_most_ns", offsetof(struct kp_listing_line, thread_most_ns), WITH_THREADS},
    {"thread_most_hits", offsetof(struct kp_listing_line, thread_most_hits), WITH_THREADS},
};

static struct json_object *lines_of(const struct kp_listing_function *function, const struct kp_listing *listing)
{
    struct json_object *lines = json_object_new_object();
    struct json_object *sources = json_object_new_array();
    for (size_t i = 0; i < function->line_count; i++)
        json_object_array_add(sources, json_object_new_int64((int64_t)function->lines[i].source));
    json_object_object_add(lines, "source", sources);
    for (size_t f = 0; f < sizeof line_fields / sizeof *line_fields; f++) {
        if ((line_fields[f].there == IN_MERGED && listing->profiles <= 1) ||
            (line_fields[f].there == WITH_THREADS && !listing->threaded))
            continue;
        struct json_object *values = json_object_new_array();
        for (size_t i = 0; i < function->line_count; i++) {
            int64_t value;
            memcpy(&value, (const char *)&function->lines[i] + line_fields[f].offset, sizeof value);
            json_object_array_add(values, json_object_new_int64(value));
        }
        json_object_object_add(lines, line_fields[f].name, values);
    }
    return lines;
}

static struct json_object *functions_of(const struct kp_listing *listing)
{
    struct json_object *functions = json_object_new_array();
    for (size_t i = 0; i < listing->function_count; i++) {
        const struct kp_listing_function *function = &listing->functions[i];
        struct json_object *entry = json_object_new_object();
        json_object_object_add(entry, "name", json_object_new_string(function->name));
        if (function->instance)
            json_object_object_add(entry, "instance", json_object_new_string(function->instance));
        json_object_object_add(entry, "source", json_object_new_int64((int64_t)function->source));
        json_object_object_add(entry, "line", json_object_new_int64(function->line));
        json_object_object_add(entry, "last_line", json_object_new_int64(function->last_line));
        json_object_object_add(entry, "hits", json_object_new_int64(function->hits));
        json_object_object_add(entry, "time_ns", json_object_new_int64(function->time_ns));
        json_object_object_add(entry, "lines", lines_of(function, listing));
        json_object_array_add(functions, entry);
    }
    return functions;
}

static struct json_object *columns_of(void)
{
    static const char *const shown[] = {
        [KP_SHOWN_ALWAYS] = "always",
        [KP_SHOWN_ON_REQUEST] = "request",
        [KP_SHOWN_FOR_THREADS] = "threads",
        [KP_SHOWN_FOR_RANKS] = "ranks",
    };
    struct json_object *columns = json_object_new_array();
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++) {
        if (kp_columns[i].shown == KP_SHOWN_FOR_MEMORY)
            continue; /* the page has them from the view memory_lines */
        struct json_object *entry = json_object_new_object();
        json_object_object_add(entry, "key", json_object_new_string(kp_columns[i].key));
        json_object_object_add(entry, "heading", json_object_new_string(kp_columns[i].heading));
        json_object_object_add(entry, "shown", json_object_new_string(shown[kp_columns[i].shown]));
        json_object_array_add(columns, entry);
    }
    return columns;
}

int kp_page_render(const struct kp_listing *listing, sqlite3 *profile, const char *name, FILE *out,
                   struct kp_error *error)
{
    struct json_object *data = json_object_new_object();
    struct json_object *tables = json_object_new_object();
    struct json_object *sources = json_object_new_array();
    kp_page_add_sources(sources, listing);
    json_object_object_add(data, "name", json_object_new_string(name));
    json_object_object_add(data, "kernprof", json_object_new_string(KP_VERSION));
    json_object_object_add(data, "timed", json_object_new_boolean(listing->timed));
    json_object_object_add(data, "profiles", json_object_new_int64(listing->profiles));
    json_object_object_add(data, "threaded", json_object_new_boolean(listing->threaded));
    json_object_object_add(data, "columns", columns_of());
    json_object_object_add(data, "sources", sources);
    json_object_object_add(data, "functions", functions_of(listing));
    json_object_object_add(data, "views", tables);
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (kp_page_add_view(tables, profile, views[i], error) != 0) {
            json_object_put(data);
            return -1;
        }
    return kp_page_write(data, out, error);
}
