/* See listing_load.h. Functions and lines are read in the same order, so that one pass over the lines finds each its
 * function. The queries group as the views `functions` and `lines` do, but keep the file of the function apart from
 * that of the line, and can leave instances apart. */
#include "viewer/model/listing_load.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "viewer/model/listing_memory.h"

/* What both queries begin with, and are ordered by. */
enum { FUNCTION_SOURCE, FUNCTION_LINE, FUNCTION_NAME, INSTANCE };

/* `instance` is the id, or a constant to merge. Groups are named as the order is, or SQLite sorts twice. */
#define INSTANCE_APART "f.id"
#define INSTANCE_MERGED "NULL"
#define PLACE(instance) "f.source, f.line, f.name, " instance
#define ORDER(instance) "s.path, s.id, f.line, f.name, " instance

enum { LAST_LINE = INSTANCE + 1, TOTAL_NS, LINKAGE_NAME, CALLS, LEAST_NS, MOST_NS, PROFILES };
#define FUNCTIONS(instance)                                                                                            \
    "SELECT " PLACE(instance) ", MAX(f.last_line), SUM(f.total_ns), f.linkage_name, SUM(f.calls), "                    \
                              "SUM(p.min_total_ns), SUM(p.max_total_ns), MAX(p.profiles) "                             \
                              "FROM function f JOIN source s ON s.id = f.source "                                      \
                              "LEFT JOIN function_spread p ON p.function = f.id "                                      \
                              "GROUP BY " ORDER(instance) " ORDER BY " ORDER(instance)

/* Of lines, with what the columns store between the two parts. */
enum { LINE_SOURCE = INSTANCE + 1, LINE_NUMBER, FIRST_STORED };
#define LINES(instance) "SELECT " PLACE(instance) ", l.source, l.line"
#define LINE_ORDER(instance) ORDER(instance) ", t.id <> s.id, t.path, t.id, l.line"
#define FROM_LINES(instance)                                                                                           \
    " FROM line l JOIN function f ON f.id = l.function JOIN source s ON s.id = f.source "                              \
    "JOIN source t ON t.id = l.source LEFT JOIN line_spread p USING (function, source, line) "                         \
    "LEFT JOIN (SELECT function, source, line, COUNT(*) AS threads, MIN(time_ns) AS least_ns, "                        \
    "MAX(time_ns) AS most_ns, MAX(hits) AS hits FROM thread_line GROUP BY function, source, line) q "                  \
    "USING (function, source, line) GROUP BY " LINE_ORDER(instance) " ORDER BY " LINE_ORDER(instance)

struct loader {
    sqlite3 *profile;
    struct kp_listing *listing;
    const struct kp_listing_filter *filter;
    int64_t *instances;   /* of each function while loading: its id, or 0 where merged */
    size_t next_function; /* where the function of the next line is looked for first */
    struct kp_error *error;
};

static const char *profile_name(sqlite3 *profile)
{
    const char *path = sqlite3_db_filename(profile, "main");
    return path && *path ? path : "profile";
}

static int fail_memory(struct loader *loader)
{
    return kp_fail(loader->error, "%s: out of memory", profile_name(loader->profile));
}

static char *column_copy(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return strdup(text ? text : "");
}

/* What columns say of the whole profile. */
static void bind(sqlite3_stmt *statement, const char *name, int64_t value)
{
    int index = sqlite3_bind_parameter_index(statement, name);
    if (index)
        sqlite3_bind_int64(statement, index, value);
}

/* Calls `take` for each row of `sql`. */
static int for_each_row(struct loader *loader, const char *sql, int (*take)(struct loader *, sqlite3_stmt *))
{
    sqlite3_stmt *statement = kp_profile_prepare(loader->profile, sql, loader->error);
    if (!statement)
        return -1;
    bind(statement, ":profiles", loader->listing->profiles);
    bind(statement, ":rank", loader->listing->rank);
    int status;
    int result = 0;
    while (result == 0 && (status = sqlite3_step(statement)) == SQLITE_ROW)
        result = take(loader, statement);
    if (result == 0 && status != SQLITE_DONE)
        result = kp_fail(loader->error, "%s: damaged profile (%s); profile the program again",
                         profile_name(loader->profile), sqlite3_errmsg(loader->profile));
    sqlite3_finalize(statement);
    return result;
}

static int take_source(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_listing *listing = loader->listing;
    struct kp_source *sources = kp_array_grow(listing->sources, listing->source_count, sizeof *sources);
    char *path = sources ? column_copy(row, 1) : NULL;
    if (sources)
        listing->sources = sources;
    if (!path)
        return fail_memory(loader);
    kp_source_init(&sources[listing->source_count++], sqlite3_column_int64(row, 0), path,
                   sqlite3_column_int(row, 2) != 0);
    return 0;
}

static int take_function(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_listing *listing = loader->listing;
    size_t count = listing->function_count;
    int64_t *instances = kp_array_grow(loader->instances, count, sizeof *instances);
    if (!instances)
        return fail_memory(loader);
    loader->instances = instances;
    struct kp_listing_function *functions = kp_array_grow(listing->functions, count, sizeof *functions);
    if (!functions)
        return fail_memory(loader);
    listing->functions = functions;

    struct kp_listing_function *function = &functions[count];
    int64_t total_ns = sqlite3_column_int64(row, TOTAL_NS);
    *function = (struct kp_listing_function){
        .source = kp_source_find(listing->sources, listing->source_count, sqlite3_column_int64(row, FUNCTION_SOURCE)),
        .line = sqlite3_column_int64(row, FUNCTION_LINE),
        .last_line = sqlite3_column_int64(row, LAST_LINE),
        .time_ns = total_ns,
        .calls = sqlite3_column_int64(row, CALLS),
        .least_ns = total_ns,
        .most_ns = total_ns,
        .name = column_copy(row, FUNCTION_NAME),
    };
    if (!function->name)
        return fail_memory(loader);
    if (sqlite3_column_type(row, PROFILES) != SQLITE_NULL) {
        bool in_all = sqlite3_column_int64(row, PROFILES) >= listing->profiles;
        function->least_ns = in_all ? sqlite3_column_int64(row, LEAST_NS) : 0;
        function->most_ns = sqlite3_column_int64(row, MOST_NS);
    }
    instances[count] = sqlite3_column_int64(row, INSTANCE);
    listing->function_count++;
    const char *linkage_name = (const char *)sqlite3_column_text(row, LINKAGE_NAME);
    if (loader->filter->instances && linkage_name && *linkage_name && strcmp(linkage_name, function->name) != 0) {
        function->instance = strdup(linkage_name);
        if (!function->instance)
            return fail_memory(loader);
    }
    return 0;
}

/* The function of this row of lines. */
static struct kp_listing_function *find_function(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_listing *listing = loader->listing;
    size_t source = kp_source_find(listing->sources, listing->source_count, sqlite3_column_int64(row, FUNCTION_SOURCE));
    int64_t line = sqlite3_column_int64(row, FUNCTION_LINE);
    const char *name = (const char *)sqlite3_column_text(row, FUNCTION_NAME);
    int64_t instance = sqlite3_column_int64(row, INSTANCE);
    for (; loader->next_function < listing->function_count; loader->next_function++) {
        struct kp_listing_function *function = &listing->functions[loader->next_function];
        if (function->source == source && function->line == line &&
            loader->instances[loader->next_function] == instance && strcmp(function->name, name ? name : "") == 0)
            return function;
    }
    return NULL;
}

static bool is_stored(const struct kp_column *column)
{
    return column->sql && column->group != KP_GROUP_MEMORY;
}

/* The values stand in the row in the order of the columns, as read_lines asks for them. */
static void take_stored(const struct kp_columns *columns, sqlite3_stmt *row, int64_t *stored)
{
    int next = FIRST_STORED;
    for (size_t i = 0; i < columns->count; i++) {
        if (!is_stored(columns->at[i].column))
            continue;
        stored[i] = sqlite3_column_type(row, next) == SQLITE_NULL ? KP_NOT_KNOWN : sqlite3_column_int64(row, next);
        next++;
    }
}

static int take_line(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_listing *listing = loader->listing;
    struct kp_listing_function *function = find_function(loader, row);
    if (!function)
        return kp_fail(loader->error, "%s: damaged profile (lines without a function); profile the program again",
                       profile_name(loader->profile));
    size_t source = kp_source_find(listing->sources, listing->source_count, sqlite3_column_int64(row, LINE_SOURCE));
    if (function->line_count == 0)
        function->time_ns = 0; /* from here on the sum of its lines */
    struct kp_listing_line *line =
        kp_listing_add_line(listing, function, source, sqlite3_column_int64(row, LINE_NUMBER));
    if (!line)
        return fail_memory(loader);
    take_stored(&listing->columns, row, line->stored);
    listing->threaded |= kp_listing_number(line, KP_COLUMN_THREADS) > 1;
    function->hits += kp_listing_number(line, KP_COLUMN_HITS);
    function->time_ns += kp_listing_number(line, KP_COLUMN_TIME);
    return 0;
}

static int read_lines(struct loader *loader)
{
    const struct kp_columns *columns = &loader->listing->columns;
    bool apart = loader->filter->instances;
    sqlite3_str *sql = sqlite3_str_new(loader->profile);
    sqlite3_str_appendall(sql, apart ? LINES(INSTANCE_APART) : LINES(INSTANCE_MERGED));
    for (size_t i = 0; i < columns->count; i++)
        if (is_stored(columns->at[i].column))
            sqlite3_str_appendf(sql, ", %s", columns->at[i].column->sql);
    sqlite3_str_appendall(sql, apart ? FROM_LINES(INSTANCE_APART) : FROM_LINES(INSTANCE_MERGED));
    char *text = sqlite3_str_finish(sql);
    int status = text ? for_each_row(loader, text, take_line) : fail_memory(loader);
    sqlite3_free(text);
    return status;
}

static int take_runs(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_listing *listing = loader->listing;
    listing->timed = sqlite3_column_int(row, 0) != 0;
    listing->rank = sqlite3_column_int64(row, 1);
    listing->profiles = sqlite3_column_int64(row, 2) > 0 ? sqlite3_column_int64(row, 2) : 1;
    listing->by_timers = sqlite3_column_int(row, 3) != 0;
    return 0;
}

static int read_sources(struct loader *loader)
{
    struct kp_listing *listing = loader->listing;
    for (size_t i = 0; i < listing->function_count; i++) {
        const struct kp_listing_function *function = &listing->functions[i];
        if (kp_source_read(&listing->sources[function->source], loader->profile, loader->error) != 0)
            return -1;
        for (size_t l = 0; l < function->line_count; l++)
            if (kp_source_read(&listing->sources[function->lines[l].source], loader->profile, loader->error) != 0)
                return -1;
    }
    return 0;
}

int kp_listing_load_with_memory(struct kp_listing *listing, sqlite3 *profile, struct kp_memory_listing *memory,
                                const struct kp_listing_filter *filter, struct kp_error *error)
{
    static const struct kp_listing_filter everything;
    *listing = (struct kp_listing){0};
    struct loader loader = {
        .profile = profile, .listing = listing, .filter = filter ? filter : &everything, .error = error};
    int status = kp_columns_load(&listing->columns, profile, error);
    if (status == 0)
        status = for_each_row(&loader,
                              "SELECT COUNT(*) = 0 OR SUM(timing IS NOT 'off') > 0, COALESCE(MIN(rank), -1), "
                              "(SELECT value FROM meta WHERE key = 'profiles'), MAX(sampler = 'timer') FROM run",
                              take_runs);
    if (status == 0)
        status = for_each_row(&loader, "SELECT id, path, changed FROM source ORDER BY id", take_source);
    if (status == 0)
        status = for_each_row(
            &loader, loader.filter->instances ? FUNCTIONS(INSTANCE_APART) : FUNCTIONS(INSTANCE_MERGED), take_function);
    if (status == 0)
        status = read_lines(&loader);
    if (status == 0 && memory && kp_listing_add_memory(listing, memory) != 0)
        status = fail_memory(&loader);
    if (status == 0)
        status = kp_listing_filter(listing, loader.filter, profile_name(profile), error);
    if (status == 0)
        status = read_sources(&loader);
    free(loader.instances);
    if (status != 0)
        kp_listing_free(listing);
    return status;
}

int kp_listing_load(struct kp_listing *listing, sqlite3 *profile, const struct kp_listing_filter *filter,
                    struct kp_error *error)
{
    return kp_listing_load_with_memory(listing, profile, NULL, filter, error);
}
