/* See export.h: the tables of formats and views. */
#include "viewer/export/export.h"

#include <string.h>

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
    {"lines", "file,line,function,hits,time_ns,self_ns,error_ns"},
    {"functions", "file,line,function,calls,total_ns,self_ns"},
    {"calls", "caller_file,caller_line,caller,callee,calls,total_ns"},
    {"timers", "name,calls,total_ns"},
    {"memory_lines", "file,line,function,occurrences,allocated_bytes,freed_bytes,live_bytes,peak_bytes"},
    {"memory_samples", "pid,time_ns,rss_bytes"},
    {"runs", "command,start,duration_ns,host,pid,rank,exit_status,timing,clean"},
    {NULL, NULL},
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

static int write_view(sqlite3 *profile, const struct kp_export_format *format, const struct kp_export_view *view,
                      FILE *out, struct kp_error *error)
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT %s FROM %s", view->columns, view->name);
    sqlite3_stmt *statement = kp_profile_prepare(profile, sql, error);
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
