/* See page.h. Numbers go in as they are in the profile; the page formats them as units.c does. Everything from the
 * profile is data: it stands in a script element that is no script, in which no '<' is left that could end it, and
 * viewer/web/ shows it as text nodes alone. */
#include "viewer/page.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/columns.h"

extern const char kp_page_template[];

static const char data_mark[] = "<!--kernprof:data-->";

bool kp_page_available(void)
{
    return kp_page_template[0] != '\0';
}

/* Views as columns of values, which is half the size of rows with names. Where there are more columns in a view than
 * this version knows of, the page has them too. */
static const char *const views[] = {"runs", "functions", "calls", "timers", "memory_lines", "memory_samples"};

static struct json_object *value_of(sqlite3_stmt *row, int column)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER: return json_object_new_int64(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT: return json_object_new_double(sqlite3_column_double(row, column));
    case SQLITE_NULL: return NULL;
    default: {
        const char *text = (const char *)sqlite3_column_text(row, column);
        return json_object_new_string(text ? text : "");
    }
    }
}

static int read_view(sqlite3 *profile, const char *view, struct json_object *to, struct kp_error *error)
{
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT * FROM %s", view);
    sqlite3_stmt *statement = kp_profile_prepare(profile, sql, error);
    if (!statement)
        return -1;
    int width = sqlite3_column_count(statement);
    struct json_object *columns = json_object_new_object();
    for (int i = 0; i < width; i++)
        json_object_object_add(columns, sqlite3_column_name(statement, i), json_object_new_array());
    int status;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW)
        for (int i = 0; i < width; i++)
            json_object_array_add(json_object_object_get(columns, sqlite3_column_name(statement, i)),
                                  value_of(statement, i));
    sqlite3_finalize(statement);
    json_object_object_add(to, view, columns);
    return status == SQLITE_DONE ? 0
                                 : kp_fail(error, "profile: damaged (%s); profile the program again",
                                           sqlite3_errmsg(profile));
}

static const struct {
    const char *name;
    size_t offset;
} line_fields[] = {
    {"line", offsetof(struct kp_listing_line, line)},         {"hits", offsetof(struct kp_listing_line, hits)},
    {"time_ns", offsetof(struct kp_listing_line, time_ns)},   {"self_ns", offsetof(struct kp_listing_line, self_ns)},
    {"error_ns", offsetof(struct kp_listing_line, error_ns)}, {"min_ns", offsetof(struct kp_listing_line, min_ns)},
    {"max_ns", offsetof(struct kp_listing_line, max_ns)},
};

static struct json_object *lines_of(const struct kp_listing_function *function)
{
    struct json_object *lines = json_object_new_object();
    struct json_object *sources = json_object_new_array();
    for (size_t i = 0; i < function->line_count; i++)
        json_object_array_add(sources, json_object_new_int64((int64_t)function->lines[i].source));
    json_object_object_add(lines, "source", sources);
    for (size_t f = 0; f < sizeof line_fields / sizeof *line_fields; f++) {
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
        json_object_object_add(entry, "lines", lines_of(function));
        json_object_array_add(functions, entry);
    }
    return functions;
}

/* As the text listing says it. */
static const char *const origins[] = {
    [KP_SOURCE_UNREAD] = "unread",   [KP_SOURCE_EMBEDDED] = "embedded", [KP_SOURCE_PARTS] = "parts",
    [KP_SOURCE_CHANGED] = "changed", [KP_SOURCE_DISK] = "disk",         [KP_SOURCE_MISSING] = "missing",
};

static struct json_object *sources_of(const struct kp_listing *listing)
{
    struct json_object *sources = json_object_new_array();
    for (size_t i = 0; i < listing->source_count; i++) {
        const struct kp_source *source = &listing->sources[i];
        struct json_object *entry = json_object_new_object();
        size_t size = source->text ? source->starts[source->line_count] : 0;
        json_object_object_add(entry, "path", json_object_new_string(source->path));
        json_object_object_add(entry, "shown", json_object_new_string(source->shown));
        json_object_object_add(entry, "origin", json_object_new_string(origins[source->origin]));
        json_object_object_add(entry, "text", json_object_new_string_len(source->text ? source->text : "", (int)size));
        json_object_array_add(sources, entry);
    }
    return sources;
}

static struct json_object *columns_of(void)
{
    struct json_object *columns = json_object_new_array();
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++) {
        struct json_object *entry = json_object_new_object();
        json_object_object_add(entry, "key", json_object_new_string(kp_columns[i].key));
        json_object_object_add(entry, "heading", json_object_new_string(kp_columns[i].heading));
        json_object_object_add(entry, "always", json_object_new_boolean(kp_columns[i].shown == KP_SHOWN_ALWAYS));
        json_object_array_add(columns, entry);
    }
    return columns;
}

/* '<' stands in JSON only within strings, where it may be written as an escape. Bytes that are no UTF-8 are the
 * browser's to replace. */
static void write_data(struct json_object *data, FILE *out)
{
    size_t length;
    const char *text = json_object_to_json_string_length(
        data, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
    fputs("<script type=\"application/json\" id=\"profile\">", out);
    for (const char *end = text + length; text < end;) {
        const char *less = memchr(text, '<', (size_t)(end - text));
        size_t plain = (size_t)((less ? less : end) - text);
        fwrite(text, 1, plain, out);
        text += plain;
        if (less) {
            fputs("\\u003c", out);
            text++;
        }
    }
    fputs("</script>", out);
}

int kp_page_render(const struct kp_listing *listing, sqlite3 *profile, const char *name, FILE *out,
                   struct kp_error *error)
{
    const char *mark = strstr(kp_page_template, data_mark);
    if (!mark)
        return kp_fail(error, "--html: this kernprof was built without its page; install nodejs and npm, and build it "
                              "again");
    struct json_object *data = json_object_new_object();
    struct json_object *tables = json_object_new_object();
    json_object_object_add(data, "name", json_object_new_string(name));
    json_object_object_add(data, "kernprof", json_object_new_string(KP_VERSION));
    json_object_object_add(data, "timed", json_object_new_boolean(listing->timed));
    json_object_object_add(data, "columns", columns_of());
    json_object_object_add(data, "sources", sources_of(listing));
    json_object_object_add(data, "functions", functions_of(listing));
    json_object_object_add(data, "views", tables);
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof views / sizeof *views; i++)
        status = read_view(profile, views[i], tables, error);
    if (status == 0) {
        fwrite(kp_page_template, 1, (size_t)(mark - kp_page_template), out);
        write_data(data, out);
        fputs(mark + sizeof data_mark - 1, out);
    }
    json_object_put(data);
    return status;
}
