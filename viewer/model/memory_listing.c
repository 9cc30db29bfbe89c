/* See memory_listing.h. */
#include "viewer/model/memory_listing.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"

/* What the columns store stands between the two parts. */
static const char rows_before[] =
    "SELECT f.source, f.line, f.name, f.last_line, m.source, m.line, MAX(m.usage_bytes), SUM(m.increment_bytes), "
    "SUM(m.occurrences)";
static const char rows_after[] =
    " FROM memory_line m JOIN function f ON f.id = m.function JOIN source s ON s.id = f.source "
    "JOIN source t ON t.id = m.source "
    "GROUP BY f.source, f.line, f.name, m.source, m.line "
    "ORDER BY s.path, f.source, f.line, f.name, t.path <> s.path, t.path, m.source, m.line";

enum {
    FUNCTION_SOURCE,
    FUNCTION_LINE,
    FUNCTION_NAME,
    LAST_LINE,
    SOURCE,
    LINE,
    USAGE,
    INCREMENT,
    OCCURRENCES,
    FIRST_STORED
};

static int fail_memory(struct kp_error *error)
{
    return kp_fail(error, "out of memory");
}

static const char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static int take_source(struct kp_memory_listing *listing, sqlite3_stmt *row, struct kp_error *error)
{
    struct kp_source *sources = kp_array_grow(listing->sources, listing->source_count, sizeof *sources);
    if (!sources)
        return fail_memory(error);
    listing->sources = sources;
    char *path = strdup(text_of(row, 1));
    if (!path)
        return fail_memory(error);
    kp_source_init(&sources[listing->source_count++], sqlite3_column_int64(row, 0), path,
                   sqlite3_column_int(row, 2) != 0);
    return 0;
}

static struct kp_memory_function *function_of(struct kp_memory_listing *listing, sqlite3_stmt *row)
{
    size_t source = kp_source_find(listing->sources, listing->source_count, sqlite3_column_int64(row, FUNCTION_SOURCE));
    int64_t line = sqlite3_column_int64(row, FUNCTION_LINE);
    const char *name = text_of(row, FUNCTION_NAME);
    struct kp_memory_function *last = listing->function_count ? &listing->functions[listing->function_count - 1] : NULL;
    if (last && last->source == source && last->line == line && strcmp(last->name, name) == 0)
        return last;
    struct kp_memory_function *functions =
        kp_array_grow(listing->functions, listing->function_count, sizeof *functions);
    if (!functions)
        return NULL;
    listing->functions = functions;
    struct kp_memory_function *function = &functions[listing->function_count];
    *function = (struct kp_memory_function){.source = source, .line = line, .name = strdup(name)};
    if (!function->name)
        return NULL;
    listing->function_count++;
    return function;
}

static int take_row(struct kp_memory_listing *listing, sqlite3_stmt *row, struct kp_error *error)
{
    struct kp_memory_function *function = function_of(listing, row);
    struct kp_memory_row *rows = function ? kp_array_grow(function->rows, function->row_count, sizeof *rows) : NULL;
    if (!rows)
        return fail_memory(error);
    function->rows = rows;
    int64_t last_line = sqlite3_column_int64(row, LAST_LINE);
    function->last_line = last_line > function->last_line ? last_line : function->last_line;
    struct kp_memory_row *taken = &rows[function->row_count++];
    *taken = (struct kp_memory_row){
        .source = kp_source_find(listing->sources, listing->source_count, sqlite3_column_int64(row, SOURCE)),
        .line = sqlite3_column_int64(row, LINE),
        .usage_bytes = sqlite3_column_int64(row, USAGE),
        .increment_bytes = sqlite3_column_int64(row, INCREMENT),
        .occurrences = sqlite3_column_int64(row, OCCURRENCES),
    };
    int next = FIRST_STORED; /* in the order of the columns, as read_rows asks for them */
    for (size_t i = 0; i < listing->columns.count; i++)
        if (listing->columns.at[i].column->group == KP_GROUP_MEMORY)
            taken->stored[i] = sqlite3_column_int64(row, next++);
    return 0;
}

static int for_each_row(struct kp_memory_listing *listing, sqlite3 *profile, const char *sql,
                        int (*take)(struct kp_memory_listing *, sqlite3_stmt *, struct kp_error *),
                        struct kp_error *error)
{
    sqlite3_stmt *statement = kp_profile_prepare(profile, sql, error);
    if (!statement)
        return -1;
    int status = SQLITE_DONE;
    int result = 0;
    while (result == 0 && (status = sqlite3_step(statement)) == SQLITE_ROW)
        result = take(listing, statement, error);
    if (result == 0 && status != SQLITE_DONE)
        result = kp_fail(error, "damaged profile (%s); profile the program again", sqlite3_errmsg(profile));
    sqlite3_finalize(statement);
    return result;
}

static void free_function(struct kp_memory_function *function)
{
    free(function->name);
    free(function->rows);
}

static bool ran(const struct kp_memory_function *function)
{
    for (size_t i = 0; i < function->row_count; i++)
        if (function->rows[i].occurrences)
            return true;
    return false;
}

static void drop_what_never_ran(struct kp_memory_listing *listing)
{
    size_t kept = 0;
    for (size_t i = 0; i < listing->function_count; i++) {
        if (ran(&listing->functions[i]))
            listing->functions[kept++] = listing->functions[i];
        else
            free_function(&listing->functions[i]);
    }
    listing->function_count = kept;
}

static int read_rows(struct kp_memory_listing *listing, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_str *sql = sqlite3_str_new(profile);
    sqlite3_str_appendall(sql, rows_before);
    for (size_t i = 0; i < listing->columns.count; i++)
        if (listing->columns.at[i].column->group == KP_GROUP_MEMORY)
            sqlite3_str_appendf(sql, ", %s", listing->columns.at[i].column->sql);
    sqlite3_str_appendall(sql, rows_after);
    char *text = sqlite3_str_finish(sql);
    int result = text ? for_each_row(listing, profile, text, take_row, error) : fail_memory(error);
    sqlite3_free(text);
    return result;
}

int kp_memory_listing_load(struct kp_memory_listing *listing, sqlite3 *profile, struct kp_error *error)
{
    *listing = (struct kp_memory_listing){0};
    int result = kp_columns_load(&listing->columns, NULL, error);
    if (result == 0)
        result = for_each_row(listing, profile, "SELECT id, path, changed FROM source ORDER BY id", take_source, error);
    if (result == 0)
        result = read_rows(listing, profile, error);
    for (size_t i = 0; result == 0 && i < listing->source_count; i++)
        result = kp_source_read(&listing->sources[i], profile, error);
    if (result == 0)
        drop_what_never_ran(listing);
    else
        kp_memory_listing_free(listing);
    return result;
}

void kp_memory_listing_free(struct kp_memory_listing *listing)
{
    for (size_t i = 0; i < listing->function_count; i++)
        free_function(&listing->functions[i]);
    for (size_t i = 0; i < listing->source_count; i++)
        kp_source_free(&listing->sources[i]);
    free(listing->functions);
    free(listing->sources);
    kp_columns_free(&listing->columns);
}
