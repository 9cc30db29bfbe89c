/* See export.h: the tables of formats and views. */
#include "viewer/export/export.h"

#include <string.h>

const struct kp_export_format kp_export_formats[] = {
    {"csv", "comma-separated values with a header", kp_export_csv},
    {"json", "an array of objects", kp_export_json},
    {NULL, NULL, NULL},
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
    char known[256] = "";
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
    char known[256] = "";
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
    sqlite3_stmt *statement = kp_profile_prepare(
        profile, "SELECT NOT EXISTS (SELECT 1 FROM line) AND EXISTS (SELECT 1 FROM function)", &unused);
    int functions_only = statement && sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return &kp_export_views[functions_only ? 1 : 0];
}

int kp_export_write(sqlite3 *profile, const struct kp_export_format *format, const struct kp_export_view *view,
                    FILE *out, struct kp_error *error)
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT %s FROM %s", view->columns, view->name);
    sqlite3_stmt *statement = kp_profile_prepare(profile, sql, error);
    if (!statement)
        return -1;
    int status = format->write(statement, out, error);
    sqlite3_finalize(statement);
    return status;
}
