/* mprof: the .dat file that memory_profiler's `mprof plot` draws: `MEM` of the process that was measured first, in MiB
 * and seconds, `CHLD` of each other one, and `FUNC` of each call of a function. */
#include "viewer/export/export.h"

static void put_command(const char *command, FILE *out)
{
    fputs("CMDLINE ", out);
    for (; *command; command++)
        fputc(*command == '\n' ? ' ' : *command, out);
    fputc('\n', out);
}

/* The process that is `MEM`: the one that was started, or the one that was measured first. */
#define MAIN_PID                                                                                                       \
    "COALESCE((SELECT r.pid FROM (SELECT pid FROM runs LIMIT 1) r WHERE r.pid IN (SELECT pid FROM memory_sample)), "   \
    "(SELECT pid FROM memory_sample ORDER BY time_ns, pid LIMIT 1))"

static double mebibytes(sqlite3_stmt *row, int column)
{
    return (double)sqlite3_column_int64(row, column) / (1024.0 * 1024.0);
}

static double seconds(sqlite3_stmt *row, int column)
{
    return (double)sqlite3_column_int64(row, column) / 1e9;
}

static void put_sample(sqlite3_stmt *row, FILE *out)
{
    if (sqlite3_column_int(row, 3))
        fprintf(out, "MEM %.6f %.4f\n", mebibytes(row, 2), seconds(row, 1));
    else
        fprintf(out, "CHLD %lld %.6f %.4f\n", (long long)sqlite3_column_int64(row, 0), mebibytes(row, 2),
                seconds(row, 1));
}

/* A call of a function; its name ends at the first blank. */
static void put_mark(sqlite3_stmt *row, FILE *out)
{
    const char *name = (const char *)sqlite3_column_text(row, 0);
    fputs("FUNC ", out);
    for (; name && *name; name++)
        fputc(*name <= ' ' && *name > 0 ? '_' : *name, out);
    fprintf(out, " %.4f %.4f %.4f %.4f %lld\n", mebibytes(row, 1), seconds(row, 2), mebibytes(row, 3), seconds(row, 4),
            (long long)sqlite3_column_int64(row, 5));
}

/* Puts every row of `sql`, the command in front of the first where there is one. */
static int put_rows(const struct kp_export_job *job, const char *sql, const char *command,
                    void (*put)(sqlite3_stmt *, FILE *), size_t *count, struct kp_error *error)
{
    sqlite3_stmt *statement = kp_profile_prepare(job->profile, sql, error);
    if (!statement)
        return -1;
    int status;
    for (*count = 0; (status = sqlite3_step(statement)) == SQLITE_ROW; ++*count) {
        if (*count == 0 && command)
            put_command(command, job->out);
        put(statement, job->out);
    }
    sqlite3_finalize(statement);
    if (status == SQLITE_DONE)
        return 0;
    return kp_fail(error, "profile: damaged (%s); profile the program again", sqlite3_errmsg(job->profile));
}

int kp_export_mprof(const struct kp_export_job *job, struct kp_error *error)
{
    size_t samples;
    size_t marks;
    if (put_rows(job, "SELECT pid, time_ns, rss_bytes, pid = " MAIN_PID " FROM memory_sample ORDER BY time_ns, pid",
                 job->model->command, put_sample, &samples, error) != 0)
        return -1;
    if (samples == 0)
        return kp_fail(error, "%s: no samples of memory in it; `memprof run PROGRAM` takes them",
                       sqlite3_db_filename(job->profile, "main"));
    return put_rows(job,
                    "SELECT function, start_bytes, start_ns, end_bytes, end_ns, level FROM memory_mark WHERE end_ns IS "
                    "NOT NULL AND pid = " MAIN_PID " ORDER BY start_ns, level",
                    NULL, put_mark, &marks, error);
}
