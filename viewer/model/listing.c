/* See listing.h. Functions and lines are read in the same order, so that one pass over the lines finds each its
 * function. The queries group as the views `functions` and `lines` do, but keep the file of the function apart from
 * that of the line, and can leave instances apart. */
#include "viewer/model/listing.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "viewer/model/listing_memory.h"

/* `instance` is the id, or a constant to merge. Both orders must agree in their first five terms. Groups are named as
 * the order is, or SQLite sorts twice. */
#define INSTANCE_APART "f.id"
#define INSTANCE_MERGED "NULL"
#define FUNCTIONS(instance)                                                                                            \
    "SELECT f.source, f.line, f.name, " instance ", MAX(f.last_line), SUM(f.total_ns), f.linkage_name, "               \
    "SUM(f.calls), SUM(p.min_total_ns), SUM(p.max_total_ns), MAX(p.profiles) "                                         \
    "FROM function f JOIN source s ON s.id = f.source LEFT JOIN function_spread p ON p.function = f.id "               \
    "GROUP BY s.path, s.id, f.line, f.name, " instance " ORDER BY s.path, s.id, f.line, f.name, " instance
#define THREADS                                                                                                        \
    "(SELECT function, source, line, COUNT(*) AS threads, MIN(time_ns) AS least, MAX(time_ns) AS most, "               \
    "MAX(hits) AS hits FROM thread_line GROUP BY function, source, line)"
#define LINES(instance)                                                                                                \
    "SELECT f.source, f.line, f.name, " instance ", l.source, l.line, SUM(l.hits), SUM(l.time_ns), SUM(l.self_ns), "   \
    "SUM(l.error_ns), MIN(NULLIF(l.min_ns, 0)), MAX(l.max_ns), SUM(p.min_time_ns), SUM(p.max_time_ns), "               \
    "MAX(p.profiles), CASE MIN(p.max_rank) WHEN MAX(p.max_rank) THEN MIN(p.max_rank) END, MAX(q.threads), "            \
    "SUM(q.least), SUM(q.most), SUM(q.hits) "                                                                          \
    "FROM line l JOIN function f ON f.id = l.function JOIN source s ON s.id = f.source "                               \
    "JOIN source t ON t.id = l.source LEFT JOIN line_spread p USING (function, source, line) "                         \
    "LEFT JOIN " THREADS " q USING (function, source, line) "                                                          \
    "GROUP BY s.path, s.id, f.line, f.name, " instance ", t.id <> s.id, t.path, t.id, l.line "                         \
    "ORDER BY s.path, s.id, f.line, f.name, " instance ", t.id <> s.id, t.path, t.id, l.line"

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

/* Calls `take` for each row of `sql`. */
static int for_each_row(struct loader *loader, const char *sql, int (*take)(struct loader *, sqlite3_stmt *))
{
    sqlite3_stmt *statement = kp_profile_prepare(loader->profile, sql, loader->error);
    if (!statement)
        return -1;
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
    *function = (struct kp_listing_function){
        .source = kp_source_find(listing->sources, listing->source_count, sqlite3_column_int64(row, 0)),
        .line = sqlite3_column_int64(row, 1),
        .last_line = sqlite3_column_int64(row, 4),
        .time_ns = sqlite3_column_int64(row, 5),
        .calls = sqlite3_column_int64(row, 7),
        .least_ns = sqlite3_column_int64(row, 5),
        .most_ns = sqlite3_column_int64(row, 5),
        .name = column_copy(row, 2),
    };
    if (!function->name)
        return fail_memory(loader);
    if (sqlite3_column_type(row, 10) != SQLITE_NULL) {
        function->least_ns = sqlite3_column_int64(row, 10) < listing->profiles ? 0 : sqlite3_column_int64(row, 8);
        function->most_ns = sqlite3_column_int64(row, 9);
    }
    instances[count] = sqlite3_column_int64(row, 3);
    listing->function_count++;
    const char *linkage_name = (const char *)sqlite3_column_text(row, 6);
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
    size_t source = kp_source_find(listing->sources, listing->source_count, sqlite3_column_int64(row, 0));
    int64_t line = sqlite3_column_int64(row, 1);
    const char *name = (const char *)sqlite3_column_text(row, 2);
    int64_t instance = sqlite3_column_int64(row, 3);
    for (; loader->next_function < listing->function_count; loader->next_function++) {
        struct kp_listing_function *function = &listing->functions[loader->next_function];
        if (function->source == source && function->line == line &&
            loader->instances[loader->next_function] == instance && strcmp(function->name, name ? name : "") == 0)
            return function;
    }
    return NULL;
}

static int take_line(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_listing_function *function = find_function(loader, row);
    if (!function)
        return kp_fail(loader->error, "%s: damaged profile (lines without a function); profile the program again",
                       profile_name(loader->profile));
    struct kp_listing_line *lines = kp_array_grow(function->lines, function->line_count, sizeof *lines);
    if (!lines)
        return fail_memory(loader);
    if (function->line_count == 0)
        function->time_ns = 0; /* from here on the sum of its lines */
    function->lines = lines;
    struct kp_listing_line *line = &lines[function->line_count++];
    *line = (struct kp_listing_line){
        .source = kp_source_find(loader->listing->sources, loader->listing->source_count, sqlite3_column_int64(row, 4)),
        .line = sqlite3_column_int64(row, 5),
        .hits = sqlite3_column_int64(row, 6),
        .time_ns = sqlite3_column_int64(row, 7),
        .self_ns = sqlite3_column_int64(row, 8),
        .error_ns = sqlite3_column_int64(row, 9),
        .min_ns = sqlite3_column_int64(row, 10),
        .max_ns = sqlite3_column_int64(row, 11),
        .least_ns = sqlite3_column_int64(row, 7),
        .most_ns = sqlite3_column_int64(row, 7),
        .most_rank = loader->listing->rank,
    };
    if (sqlite3_column_type(row, 14) != SQLITE_NULL) {
        line->least_ns = sqlite3_column_int64(row, 14) < loader->listing->profiles ? 0 : sqlite3_column_int64(row, 12);
        line->most_ns = sqlite3_column_int64(row, 13);
        line->most_rank = sqlite3_column_type(row, 15) == SQLITE_NULL ? -1 : sqlite3_column_int64(row, 15);
    }
    bool threaded = sqlite3_column_type(row, 16) != SQLITE_NULL;
    line->threads = threaded ? sqlite3_column_int64(row, 16) : line->hits > 0;
    line->thread_least_ns = sqlite3_column_int64(row, threaded ? 17 : 7);
    line->thread_most_ns = sqlite3_column_int64(row, threaded ? 18 : 7);
    line->thread_most_hits = sqlite3_column_int64(row, threaded ? 19 : 6);
    loader->listing->threaded |= line->threads > 1;
    function->hits += line->hits;
    function->time_ns += line->time_ns;
    return 0;
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

static bool file_matches(const char *glob, const struct kp_source *source)
{
    const char *slash = strrchr(source->path, '/');
    return fnmatch(glob, source->path, 0) == 0 || fnmatch(glob, source->shown, 0) == 0 ||
           fnmatch(glob, slash ? slash + 1 : source->path, 0) == 0;
}

/* Marks in `kept` the functions that at least one glob of `globs` matches. */
static int match_globs(struct loader *loader, const char *option, const char *const *globs, size_t glob_count,
                       bool *kept)
{
    struct kp_listing *listing = loader->listing;
    for (size_t g = 0; g < glob_count; g++) {
        bool matched = false;
        for (size_t i = 0; i < listing->function_count; i++) {
            const struct kp_listing_function *function = &listing->functions[i];
            if (globs == loader->filter->files ? !file_matches(globs[g], &listing->sources[function->source])
                                               : fnmatch(globs[g], function->name, 0) != 0)
                continue;
            kept[i] = matched = true;
        }
        if (!matched)
            return kp_fail(loader->error, "%s: nothing in it matches %s '%s'; `kernprof view -m` lists what it holds",
                           profile_name(loader->profile), option, globs[g]);
    }
    return 0;
}

static void free_function(struct kp_listing_function *function)
{
    free(function->name);
    free(function->instance);
    free(function->lines);
}

static int filter_functions(struct loader *loader)
{
    struct kp_listing *listing = loader->listing;
    const struct kp_listing_filter *filter = loader->filter;
    bool *by_name = calloc(2 * listing->function_count + 1, sizeof *by_name);
    if (!by_name)
        return fail_memory(loader);
    bool *by_file = by_name + listing->function_count;
    int status = match_globs(loader, "--function", filter->functions, filter->function_count, by_name);
    if (status == 0)
        status = match_globs(loader, "--file", filter->files, filter->file_count, by_file);
    size_t kept = 0;
    for (size_t i = 0; status == 0 && i < listing->function_count; i++) {
        struct kp_listing_function *function = &listing->functions[i];
        if ((filter->function_count && !by_name[i]) || (filter->file_count && !by_file[i]) ||
            (filter->skip_zero && function->hits == 0))
            free_function(function);
        else
            listing->functions[kept++] = *function;
    }
    if (status == 0)
        listing->function_count = kept;
    free(by_name);
    return status;
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

int kp_listing_load(struct kp_listing *listing, sqlite3 *profile, const struct kp_listing_filter *filter,
                    struct kp_error *error)
{
    return kp_listing_load_with_memory(listing, profile, NULL, filter, error);
}

int kp_listing_load_with_memory(struct kp_listing *listing, sqlite3 *profile, struct kp_memory_listing *memory,
                                const struct kp_listing_filter *filter, struct kp_error *error)
{
    static const struct kp_listing_filter everything;
    *listing = (struct kp_listing){0};
    struct loader loader = {
        .profile = profile, .listing = listing, .filter = filter ? filter : &everything, .error = error};
    bool apart = loader.filter->instances;
    int status = for_each_row(&loader,
                              "SELECT COUNT(*) = 0 OR SUM(timing IS NOT 'off') > 0, COALESCE(MIN(rank), -1), "
                              "(SELECT value FROM meta WHERE key = 'profiles'), MAX(sampler = 'timer') FROM run",
                              take_runs);
    if (status == 0)
        status = for_each_row(&loader, "SELECT id, path, changed FROM source ORDER BY id", take_source);
    if (status == 0)
        status = for_each_row(&loader, apart ? FUNCTIONS(INSTANCE_APART) : FUNCTIONS(INSTANCE_MERGED), take_function);
    if (status == 0)
        status = for_each_row(&loader, apart ? LINES(INSTANCE_APART) : LINES(INSTANCE_MERGED), take_line);
    if (status == 0 && memory && kp_listing_add_memory(listing, memory) != 0)
        status = fail_memory(&loader);
    if (status == 0)
        status = filter_functions(&loader);
    if (status == 0)
        status = read_sources(&loader);
    free(loader.instances);
    if (status != 0)
        kp_listing_free(listing);
    return status;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Sources are loaded by id, so places are compared by path. qsort_r is not stable: all ties end here. */
static int compare_place(const void *left, const void *right, void *context)
{
    const struct kp_source *sources = context;
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = strcmp(sources[a->source].path, sources[b->source].path);
    order = order ? order : compare_numbers(a->line, b->line);
    order = order ? order : strcmp(a->name, b->name);
    return order ? order : strcmp(a->instance ? a->instance : "", b->instance ? b->instance : "");
}

static int compare_time(const void *left, const void *right, void *context)
{
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = compare_numbers(a->time_ns, b->time_ns);
    return order ? order : compare_place(left, right, context);
}

static int compare_hits(const void *left, const void *right, void *context)
{
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = compare_numbers(a->hits, b->hits);
    return order ? order : compare_place(left, right, context);
}

static int compare_name(const void *left, const void *right, void *context)
{
    const struct kp_listing_function *a = left;
    const struct kp_listing_function *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : compare_place(left, right, context);
}

static const struct {
    const char *name;
    int (*compare)(const void *, const void *, void *);
} orders[] = {
    [KP_ORDER_LINE] = {"line", compare_place},
    [KP_ORDER_TIME] = {"time", compare_time},
    [KP_ORDER_HITS] = {"hits", compare_hits},
    [KP_ORDER_NAME] = {"name", compare_name},
};

void kp_listing_sort(struct kp_listing *listing, enum kp_listing_order order)
{
    if (listing->function_count < 2)
        return;
    qsort_r(listing->functions, listing->function_count, sizeof *listing->functions, orders[order].compare,
            listing->sources);
}

int kp_listing_order_parse(const char *name, enum kp_listing_order *order)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (strcmp(name, orders[i].name) == 0) {
            *order = (enum kp_listing_order)i;
            return 0;
        }
    return -1;
}

void kp_listing_free(struct kp_listing *listing)
{
    for (size_t i = 0; i < listing->function_count; i++)
        free_function(&listing->functions[i]);
    free(listing->functions);
    for (size_t i = 0; i < listing->source_count; i++)
        kp_source_free(&listing->sources[i]);
    free(listing->sources);
    *listing = (struct kp_listing){0};
}
