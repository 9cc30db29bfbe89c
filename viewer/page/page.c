/* See page.h. Numbers go in as they are in the profile; the page formats them as units.c does. Everything from the
 * profile is data: it stands in a script element that is no script, in which no '<' is left that could end it, and
 * viewer/web/ shows it as text nodes alone. */
#include "viewer/page/page.h"

#include <stdlib.h>
#include <string.h>

#include "viewer/page/page_data.h"

extern const char kp_page_template[];

static const char data_mark[] = "<!--kernprof:data-->";

bool kp_page_available(void)
{
    return kp_page_template[0] != '\0';
}

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

int kp_page_add_view(struct json_object *to, sqlite3 *profile, const char *view, struct kp_error *error)
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
    return status == SQLITE_DONE
               ? 0
               : kp_fail(error, "profile: damaged (%s); profile the program again", sqlite3_errmsg(profile));
}

struct json_object *kp_page_number(double number)
{
    enum { DIGITS_LEAST = 15, DIGITS_ENOUGH = 17, TEXT = 32 };
    if (number == (double)(int64_t)number)
        return json_object_new_int64((int64_t)number);
    char text[TEXT];
    for (int digits = DIGITS_LEAST; digits <= DIGITS_ENOUGH; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return json_object_new_double_s(number, text);
}

struct json_object *kp_page_column(const struct kp_column *column)
{
    static const char *const groups[KP_COLUMN_GROUPS] = {
        [KP_GROUP_LINE] = "line",     [KP_GROUP_THREADS] = "threads", [KP_GROUP_RANKS] = "ranks",
        [KP_GROUP_MEMORY] = "memory", [KP_GROUP_EVENTS] = "events",
    };
    struct json_object *entry = json_object_new_object();
    json_object_object_add(entry, "key", json_object_new_string(column->key));
    json_object_object_add(entry, "heading", json_object_new_string(column->heading));
    json_object_object_add(entry, "kind", json_object_new_string(kp_value_kind_name(column->kind)));
    json_object_object_add(entry, "group", json_object_new_string(groups[column->group]));
    json_object_object_add(entry, "shown", json_object_new_boolean(column->shown == KP_SHOWN_ALWAYS));
    return entry;
}

/* As the text listing says it. */
static const char *const origins[] = {
    [KP_SOURCE_UNREAD] = "unread",   [KP_SOURCE_EMBEDDED] = "embedded", [KP_SOURCE_PARTS] = "parts",
    [KP_SOURCE_CHANGED] = "changed", [KP_SOURCE_DISK] = "disk",         [KP_SOURCE_MISSING] = "missing",
};

/* A text that is there already, as most are in a comparison, is not written again. */
static void add_text(struct json_object *entry, const char *text, size_t size, struct json_object *earlier)
{
    for (size_t i = 0; size > 0 && i < json_object_array_length(earlier); i++) {
        struct json_object *other = json_object_object_get(json_object_array_get_idx(earlier, i), "text");
        if (other && (size_t)json_object_get_string_len(other) == size &&
            memcmp(json_object_get_string(other), text, size) == 0) {
            json_object_object_add(entry, "text_of", json_object_new_int64((int64_t)i));
            return;
        }
    }
    json_object_object_add(entry, "text", json_object_new_string_len(text, (int)size));
}

void kp_page_add_sources(struct json_object *array, const struct kp_listing *listing)
{
    for (size_t i = 0; i < listing->source_count; i++) {
        const struct kp_source *source = &listing->sources[i];
        struct json_object *entry = json_object_new_object();
        size_t size = source->text ? source->starts[source->line_count] : 0;
        json_object_object_add(entry, "path", json_object_new_string(source->path));
        json_object_object_add(entry, "shown", json_object_new_string(source->shown));
        json_object_object_add(entry, "origin", json_object_new_string(origins[source->origin]));
        add_text(entry, source->text ? source->text : "", size, array);
        json_object_array_add(array, entry);
    }
}

/* '<' stands in JSON only within strings, where it may be written as an escape. Bytes that are no UTF-8 are the
 * browser's to replace. */
static void write_data(struct json_object *data, FILE *out)
{
    size_t length;
    const char *text =
        json_object_to_json_string_length(data, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
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

int kp_page_write(struct json_object *data, FILE *out, struct kp_error *error)
{
    const char *mark = strstr(kp_page_template, data_mark);
    int status = 0;
    if (mark) {
        fwrite(kp_page_template, 1, (size_t)(mark - kp_page_template), out);
        write_data(data, out);
        fputs(mark + sizeof data_mark - 1, out);
    } else {
        status =
            kp_fail(error, "--html: this kernprof was built without its page; install nodejs and npm, and build it "
                           "again");
    }
    json_object_put(data);
    return status;
}
