/* The page of one profile. See page.h. */
#include "viewer/page/page.h"

#include "viewer/page/page_data.h"

static const char *const views[] = {"runs",         "functions",      "calls",       "timers",
                                    "memory_lines", "memory_samples", "memory_marks"};

/* Columns that the profile has nothing for are left out. */
static bool is_there(const struct kp_listing *listing, size_t column)
{
    return kp_listing_has(listing, listing->columns.at[column].column->group);
}

static struct json_object *number_of(struct kp_value value)
{
    switch (value.kind) {
    case KP_VALUE_NONE: return NULL;
    case KP_VALUE_COUNT:
    case KP_VALUE_BYTES: return json_object_new_int64(value.count);
    default: return kp_page_number(value.number);
    }
}

/* What each column shows of the lines, as arrays by key, which is a fraction of the size of lines with keys. */
static struct json_object *values_of(const struct kp_listing_function *function, const struct kp_listing *listing)
{
    struct json_object *values = json_object_new_object();
    for (size_t c = 0; c < listing->columns.count; c++) {
        if (!is_there(listing, c))
            continue;
        struct json_object *column = json_object_new_array_ext((int)function->line_count);
        for (size_t i = 0; i < function->line_count; i++)
            json_object_array_add(column, number_of(kp_listing_value(listing, function, &function->lines[i], c)));
        json_object_object_add(values, listing->columns.at[c].column->key, column);
    }
    return values;
}

static struct json_object *lines_of(const struct kp_listing_function *function, const struct kp_listing *listing)
{
    struct json_object *lines = json_object_new_object();
    struct json_object *sources = json_object_new_array();
    struct json_object *numbers = json_object_new_array();
    for (size_t i = 0; i < function->line_count; i++) {
        json_object_array_add(sources, json_object_new_int64((int64_t)function->lines[i].source));
        json_object_array_add(numbers, json_object_new_int64(function->lines[i].line));
    }
    json_object_object_add(lines, "source", sources);
    json_object_object_add(lines, "line", numbers);
    json_object_object_add(lines, "values", values_of(function, listing));
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

static struct json_object *columns_of(const struct kp_listing *listing)
{
    struct json_object *columns = json_object_new_array();
    for (size_t i = 0; i < listing->columns.count; i++)
        if (is_there(listing, i))
            json_object_array_add(columns, kp_page_column(listing->columns.at[i].column));
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
    json_object_object_add(data, "columns", columns_of(listing));
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
