/* See call_graph.h. SQL numbers the functions: instances that differ in nothing that is shown get the same number. */
#include "viewer/model/call_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/profile.h"

#define NUMBERED                                                                                                       \
    "WITH n AS (SELECT f.id AS id, DENSE_RANK() OVER (ORDER BY s.path, s.id, f.line, f.name) - 1 AS number "           \
    "FROM function f JOIN source s ON s.id = f.source) "

struct loader {
    struct kp_call_graph *model;
    sqlite3 *profile;
    struct kp_error *error;
    size_t room; /* of the array being filled */
    size_t line; /* where that of the next event is looked for first */
};

static int fail_memory(struct loader *loader)
{
    return kp_fail(loader->error, "profile: out of memory");
}

/* `array` with room for one more of `count` elements, or NULL. */
static void *grow(struct loader *loader, void *array, size_t count, size_t size)
{
    if (count < loader->room)
        return array;
    size_t room = count < 16 ? 32 : 2 * count;
    void *grown = reallocarray(array, room, size);
    if (grown)
        loader->room = room;
    return grown;
}

static int for_each_row(struct loader *loader, const char *sql, int (*take)(struct loader *, sqlite3_stmt *))
{
    sqlite3_stmt *statement = kp_profile_prepare(loader->profile, sql, loader->error);
    if (!statement)
        return -1;
    loader->room = 0;
    int status;
    int result = 0;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW && result == 0)
        result = take(loader, statement);
    if (result == 0 && status != SQLITE_DONE)
        result = kp_fail(loader->error, "%s: damaged profile (%s); profile the program again",
                         sqlite3_db_filename(loader->profile, "main"), sqlite3_errmsg(loader->profile));
    sqlite3_finalize(statement);
    return result;
}

/* A damaged file may hold anything; the formats know no negative numbers. */
static int64_t column_count(sqlite3_stmt *row, int column)
{
    int64_t value = sqlite3_column_int64(row, column);
    return value > 0 ? value : 0;
}

static char *column_copy(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return strdup(text ? text : "");
}

static int take_source(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_call_graph *model = loader->model;
    struct kp_source *sources = grow(loader, model->sources, model->source_count, sizeof *sources);
    if (!sources)
        return fail_memory(loader);
    model->sources = sources;
    char *path = column_copy(row, 1);
    if (!path)
        return fail_memory(loader);
    kp_source_init(&sources[model->source_count++], sqlite3_column_int64(row, 0), path,
                   sqlite3_column_int(row, 2) != 0);
    return 0;
}

static int take_function(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_call_graph *model = loader->model;
    struct kp_graph_function *functions = grow(loader, model->functions, model->function_count, sizeof *functions);
    if (!functions)
        return fail_memory(loader);
    model->functions = functions;
    char *name = column_copy(row, 3);
    if (!name)
        return fail_memory(loader);
    functions[model->function_count++] = (struct kp_graph_function){
        .source = kp_source_find(model->sources, model->source_count, sqlite3_column_int64(row, 0)),
        .line = column_count(row, 1),
        .last_line = column_count(row, 2),
        .name = name,
        .calls = column_count(row, 4),
        .primitive_calls = column_count(row, 5),
        .total_ns = column_count(row, 6),
        .self_ns = column_count(row, 7),
    };
    return 0;
}

static int take_line(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_call_graph *model = loader->model;
    struct kp_graph_line *lines = grow(loader, model->lines, model->line_count, sizeof *lines);
    if (!lines)
        return fail_memory(loader);
    model->lines = lines;
    struct kp_graph_function *function = &model->functions[sqlite3_column_int64(row, 0)];
    if (function->end_row == 0)
        function->first_row = model->line_count;
    lines[model->line_count++] = (struct kp_graph_line){
        .source = kp_source_find(model->sources, model->source_count, sqlite3_column_int64(row, 1)),
        .line = column_count(row, 2),
        .hits = column_count(row, 3),
        .time_ns = column_count(row, 4),
        .self_ns = column_count(row, 5),
    };
    function->end_row = model->line_count;
    return 0;
}

static int take_event(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_call_graph *model = loader->model;
    struct kp_graph_event *events = grow(loader, model->events, model->event_count, sizeof *events);
    if (!events)
        return fail_memory(loader);
    model->events = events;
    struct kp_graph_event *event = &events[model->event_count++];
    *event = (struct kp_graph_event){column_copy(row, 0), column_copy(row, 1)};
    return event->name && event->unit ? 0 : fail_memory(loader);
}

/* Lines and their events are read in the same order. */
static int take_line_event(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_call_graph *model = loader->model;
    const struct kp_graph_function *function = &model->functions[sqlite3_column_int64(row, 0)];
    size_t source = kp_source_find(model->sources, model->source_count, sqlite3_column_int64(row, 1));
    int64_t line = column_count(row, 2);
    size_t event = (size_t)sqlite3_column_int64(row, 3);
    size_t i = loader->line > function->first_row ? loader->line : function->first_row;
    while (i < function->end_row && (model->lines[i].source != source || model->lines[i].line != line))
        i++;
    if (i == function->end_row || event >= model->event_count)
        return 0; /* of no line that has hits: damage */
    loader->line = i;
    model->line_events[i * model->event_count + event] = column_count(row, 4);
    return 0;
}

static int load_events(struct loader *loader)
{
    struct kp_call_graph *model = loader->model;
    if (!kp_profile_has_events(loader->profile))
        return 0;
    if (for_each_row(loader, "SELECT name, unit FROM event WHERE " KP_PROFILE_EVENT_NAMES " ORDER BY name",
                     take_event) != 0)
        return -1;
    model->line_events = calloc(model->line_count * model->event_count + 1, sizeof *model->line_events);
    if (!model->line_events)
        return fail_memory(loader);
    return for_each_row(loader,
                        NUMBERED "SELECT n.number, l.source, l.line, (SELECT COUNT(*) FROM event o WHERE o.name < "
                                 "e.name AND o.name IN (SELECT name FROM event WHERE " KP_PROFILE_EVENT_NAMES
                                 ")), SUM(l.count) "
                                 "FROM line_event l JOIN event e ON e.id = l.event JOIN n ON n.id = l.function "
                                 "JOIN source s ON s.id = l.source GROUP BY n.number, l.source, l.line, e.id "
                                 "ORDER BY n.number, l.source, l.line",
                        take_line_event);
}

static int take_arc(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_call_graph *model = loader->model;
    struct kp_graph_arc *arcs = grow(loader, model->arcs, model->arc_count, sizeof *arcs);
    if (!arcs)
        return fail_memory(loader);
    model->arcs = arcs;
    size_t caller = (size_t)sqlite3_column_int64(row, 0);
    struct kp_graph_function *function = &model->functions[caller];
    if (function->end_arc == 0)
        function->first_arc = model->arc_count;
    arcs[model->arc_count++] = (struct kp_graph_arc){
        .caller = caller,
        .source = kp_source_find(model->sources, model->source_count, sqlite3_column_int64(row, 1)),
        .line = column_count(row, 2),
        .callee = (size_t)sqlite3_column_int64(row, 3),
        .calls = column_count(row, 4),
        .primitive_calls = column_count(row, 5),
        .total_ns = column_count(row, 6),
        .self_ns = column_count(row, 7),
    };
    function->end_arc = model->arc_count;
    return 0;
}

static int take_run(struct loader *loader, sqlite3_stmt *row)
{
    struct kp_call_graph *model = loader->model;
    model->command = column_copy(row, 0);
    model->start_s = sqlite3_column_double(row, 1);
    model->duration_ns = column_count(row, 2);
    model->timed = sqlite3_column_int(row, 3) != 0;
    return model->command ? 0 : fail_memory(loader);
}

/* A run so short that no sample fell into it: hits then say more than nothing. */
static bool has_times(const struct kp_call_graph *model)
{
    bool found = false;
    for (size_t i = 0; i < model->line_count && !found; i++)
        found = model->lines[i].self_ns > 0;
    for (size_t i = 0; i < model->function_count && !found; i++)
        found = model->functions[i].self_ns > 0;
    return found;
}

int kp_call_graph_load(struct kp_call_graph *model, sqlite3 *profile, struct kp_error *error)
{
    *model = (struct kp_call_graph){0};
    struct loader loader = {.model = model, .profile = profile, .error = error};
    int status = for_each_row(&loader, "SELECT id, path, changed FROM source ORDER BY id", take_source);
    if (status == 0)
        status = for_each_row(
            &loader,
            NUMBERED
            "SELECT f.source, f.line, MAX(f.last_line), f.name, SUM(f.calls), "
            "SUM(COALESCE(f.primitive_calls, f.calls)), SUM(f.total_ns), SUM(f.self_ns) FROM n JOIN function f "
            "ON f.id = n.id GROUP BY n.number ORDER BY n.number",
            take_function);
    if (status == 0)
        status = for_each_row(
            &loader,
            NUMBERED "SELECT n.number, l.source, l.line, SUM(l.hits), SUM(l.time_ns), SUM(l.self_ns) FROM line l "
                     "JOIN n ON n.id = l.function JOIN source s ON s.id = l.source GROUP BY n.number, l.source, l.line "
                     "ORDER BY n.number, l.source, l.line",
            take_line);
    if (status == 0)
        status = load_events(&loader);
    if (status == 0)
        status = for_each_row(
            &loader,
            NUMBERED "SELECT c.number, a.caller_source, a.caller_line, e.number, SUM(a.calls), "
                     "SUM(COALESCE(a.primitive_calls, a.calls)), SUM(a.total_ns), SUM(a.self_ns) FROM arc a "
                     "JOIN n c ON c.id = a.caller JOIN n e ON e.id = a.callee JOIN source s ON s.id = a.caller_source "
                     "GROUP BY c.number, a.caller_source, a.caller_line, e.number ORDER BY 1, 2, 3, 4",
            take_arc);
    if (status == 0)
        status = for_each_row(&loader,
                              "SELECT COALESCE((SELECT command FROM run ORDER BY start, id LIMIT 1), ''), MIN(start), "
                              "MAX(duration_ns), COUNT(*) = 0 OR SUM(timing IS NOT 'off') > 0 FROM run",
                              take_run);
    if (status != 0)
        kp_call_graph_free(model);
    else
        model->timed = model->timed && has_times(model);
    return status;
}

int kp_call_graph_read_sources(struct kp_call_graph *model, sqlite3 *profile, struct kp_error *error)
{
    for (size_t i = 0; i < model->source_count; i++)
        if (kp_source_read(&model->sources[i], profile, error) != 0)
            return -1;
    return 0;
}

/* Functions are ordered by file, so that those of the same file stand together. */
char *kp_call_graph_unique_name(const struct kp_call_graph *model, size_t number)
{
    const struct kp_graph_function *function = &model->functions[number];
    size_t first = number;
    while (first > 0 && model->functions[first - 1].source == function->source)
        first--;
    bool shared = false;
    for (size_t i = first; i < model->function_count && model->functions[i].source == function->source; i++)
        shared = shared || (i != number && strcmp(model->functions[i].name, function->name) == 0);
    char *name = NULL;
    if (!shared)
        return strdup(function->name);
    return asprintf(&name, "%s:%lld", function->name, (long long)function->line) < 0 ? NULL : name;
}

void kp_call_graph_free(struct kp_call_graph *model)
{
    for (size_t i = 0; i < model->source_count; i++)
        kp_source_free(&model->sources[i]);
    for (size_t i = 0; i < model->function_count; i++)
        free(model->functions[i].name);
    free(model->sources);
    free(model->functions);
    for (size_t i = 0; i < model->event_count; i++) {
        free(model->events[i].name);
        free(model->events[i].unit);
    }
    free(model->events);
    free(model->line_events);
    free(model->lines);
    free(model->arcs);
    free(model->command);
    *model = (struct kp_call_graph){0};
}
