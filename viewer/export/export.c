/* See export.h: the tables of formats and views. */
#include "viewer/export/export.h"

#include <string.h>

#include "viewer/model/columns.h"

const struct kp_export_format kp_export_formats[] = {
    {"csv", "a view as comma-separated values with a header", kp_export_csv, NULL},
    {"json", "a view as an array of objects", kp_export_json, NULL},
    {"pstats", "python3 -m pstats, snakeviz, gprof2dot", NULL, kp_export_pstats},
    {"line_profiler", "python3 -m line_profiler (sources go to a folder beside OUT)", NULL, kp_export_line_profiler},
    {"callgrind", "KCachegrind, callgrind_annotate, gprof2dot; with lines", NULL, kp_export_callgrind},
    {"pprof", "go tool pprof; with lines", NULL, kp_export_pprof},
    {"speedscope", "speedscope", NULL, kp_export_speedscope},
    {"firefox", "Firefox Profiler, with the sources", NULL, kp_export_firefox},
    {"cpuprofile", "VS Code (time beside each line), speedscope, Chromium", NULL, kp_export_cpuprofile},
    {"collapsed", "stacks for flamegraph.pl, inferno, speedscope", NULL, kp_export_collapsed},
    {"lcov", "genhtml and editors' views of coverage; hits", NULL, kp_export_lcov},
    {"mprof", "mprof plot; memory over time", NULL, kp_export_mprof},
    {NULL, NULL, NULL, NULL},
};

const struct kp_export_view kp_export_views[] = {
    {"lines", "file,line,function", true},
    {"functions", "file,line,function,calls,total_ns,self_ns", false},
    {"calls", "caller_file,caller_line,caller,callee,calls,total_ns", false},
    {"timers", "name,calls,total_ns", false},
    {"memory_lines", "file,line,function,occurrences,allocated_bytes,freed_bytes,live_bytes,peak_bytes", false},
    {"memory_samples", "pid,time_ns,rss_bytes", false},
    {"runs", "command,start,duration_ns,host,pid,rank,exit_status,timing,clean", false},
    {NULL, NULL, false},
};

const struct kp_export_format *kp_export_find_format(const char *name, struct kp_error *error)
{
    char known[512] = "";
    size_t used = 0;
    for (const struct kp_export_format *format = kp_export_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0)
            return format;
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", format->name);
    }
    kp_fail(error, "--format: unknown format '%s'; there are: %s", name, known);
    return NULL;
}

const struct kp_export_view *kp_export_find_view(const char *name, struct kp_error *error)
{
    char known[512] = "";
    size_t used = 0;
    for (const struct kp_export_view *view = kp_export_views; view->name; view++) {
        if (strcmp(view->name, name) == 0)
            return view;
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", view->name);
    }
    kp_fail(error, "--view: unknown view '%s'; there are: %s", name, known);
    return NULL;
}

void kp_export_print_columns(const struct kp_export_view *view, FILE *out)
{
    fputs(view->columns, out);
    for (size_t i = 0; view->of_lines && i < KP_COLUMNS_FIXED; i++)
        if (kp_columns_fixed[i].exported)
            fprintf(out, ",%s", kp_columns_fixed[i].exported);
}

const struct kp_export_view *kp_export_default_view(sqlite3 *profile)
{
    if (kp_profile_is_kind(profile, "memory"))
        return kp_export_find_view("memory_lines", &(struct kp_error){0});
    if (kp_profile_is_kind(profile, "samples"))
        return kp_export_find_view("memory_samples", &(struct kp_error){0});
    struct kp_error unused; /* what is wrong with the file is said when the view is read */
    sqlite3_stmt *statement =
        kp_profile_prepare(profile,
                           "SELECT EXISTS (SELECT 1 FROM function) AND (NOT EXISTS (SELECT 1 FROM line) OR EXISTS "
                           "(SELECT 1 FROM meta WHERE key = 'kind' AND value = 'functions'))",
                           &unused);
    int functions_only = statement && sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return &kp_export_views[functions_only ? 1 : 0];
}

/* Counts of events stand in a view of their own, a row for each line and event; here each event is a column. */
static void append_line_columns(sqlite3_str *sql, const struct kp_columns *columns)
{
    sqlite3_str *counts = sqlite3_str_new(NULL);
    for (size_t i = 0; i < columns->count; i++) {
        const struct kp_column *column = columns->at[i].column;
        if (!column->exported)
            continue;
        if (column->group != KP_GROUP_EVENTS) {
            sqlite3_str_appendf(sql, ",%s", column->exported);
            continue;
        }
        sqlite3_str_appendf(sql, ",IFNULL(\"%w\",0) AS \"%w\"", column->exported, column->exported);
        sqlite3_str_appendf(counts, ", SUM(count) FILTER (WHERE event = %Q) AS \"%w\"", column->exported,
                            column->exported);
    }
    sqlite3_str_appendall(sql, " FROM lines");
    if (sqlite3_str_length(counts))
        sqlite3_str_appendf(sql,
                            " LEFT JOIN (SELECT file, line, function, function_line%s FROM line_events "
                            "GROUP BY file, line, function, function_line) USING (file, line, function, function_line) "
                            "ORDER BY file, line, function",
                            sqlite3_str_value(counts));
    sqlite3_free(sqlite3_str_finish(counts));
}

/* To be freed by sqlite3_free; NULL with `error` filled. */
static char *query_of(sqlite3 *profile, const struct kp_export_view *view, struct kp_error *error)
{
    struct kp_columns columns = {0};
    if (view->of_lines && kp_columns_load(&columns, profile, error) != 0)
        return NULL;
    sqlite3_str *sql = sqlite3_str_new(profile);
    sqlite3_str_appendf(sql, "SELECT %s", view->columns);
    if (view->of_lines)
        append_line_columns(sql, &columns);
    else
        sqlite3_str_appendf(sql, " FROM %s", view->name);
    kp_columns_free(&columns);
    char *text = sqlite3_str_finish(sql);
    if (!text)
        kp_fail(error, "export: out of memory");
    return text;
}

static int write_view(sqlite3 *profile, const struct kp_export_format *format, const struct kp_export_view *view,
                      FILE *out, struct kp_error *error)
{
    char *sql = query_of(profile, view, error);
    sqlite3_stmt *statement = sql ? kp_profile_prepare(profile, sql, error) : NULL;
    sqlite3_free(sql);
    if (!statement)
        return -1;
    int status = format->write_rows(statement, out, error);
    sqlite3_finalize(statement);
    return status;
}

int kp_export_write(sqlite3 *profile, const struct kp_export_format *format, const struct kp_export_view *view,
                    FILE *out, const char *path, struct kp_error *error)
{
    if (format->write_rows)
        return write_view(profile, format, view ? view : kp_export_default_view(profile), out, error);
    if (view)
        return kp_fail(error, "--view: the format '%s' has no views; csv and json have", format->name);
    struct kp_call_graph model;
    if (kp_call_graph_load(&model, profile, error) != 0)
        return -1;
    struct kp_export_job job = {.profile = profile, .model = &model, .out = out, .path = path};
    int status = format->write(&job, error);
    kp_call_graph_free(&model);
    return status;
}
