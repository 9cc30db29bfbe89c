/* JSON: an array of objects, one per row and line, so that a profile of any size needs the memory of one row. */
#include "viewer/export/export.h"

#include <json-c/json.h>

static struct json_object *value_of(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return json_object_new_int64(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return json_object_new_double(sqlite3_column_double(statement, column));
    case SQLITE_NULL: return NULL;
    default: {
        const char *text = (const char *)sqlite3_column_text(statement, column);
        return text ? json_object_new_string(text) : NULL;
    }
    }
}

static int write_row(sqlite3_stmt *statement, FILE *out, struct kp_error *error)
{
    struct json_object *row = json_object_new_object();
    if (!row)
        return kp_fail(error, "json: out of memory");
    for (int i = 0; i < sqlite3_column_count(statement); i++)
        json_object_object_add(row, sqlite3_column_name(statement, i), value_of(statement, i));
    fputs(json_object_to_json_string_ext(row, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), out);
    json_object_put(row);
    return 0;
}

int kp_export_json(sqlite3_stmt *statement, FILE *out, struct kp_error *error)
{
    const char *separator = "\n";
    int status;
    fputc('[', out);
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
        fputs(separator, out);
        if (write_row(statement, out, error) != 0)
            return -1;
        separator = ",\n";
    }
    fputs("\n]\n", out);
    if (status == SQLITE_DONE)
        return 0;
    return kp_fail(error, "profile: damaged (%s); profile the program again",
                   sqlite3_errmsg(sqlite3_db_handle(statement)));
}
