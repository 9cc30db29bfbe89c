/* mprof: the .dat file that memory_profiler's `mprof plot` draws: `MEM` of the process that was measured first, in MiB
 * and seconds, and `CHLD` of each other one. */
#include "viewer/export/export.h"

static void put_command(const char *command, FILE *out)
{
    fputs("CMDLINE ", out);
    for (; *command; command++)
        fputc(*command == '\n' ? ' ' : *command, out);
    fputc('\n', out);
}

int kp_export_mprof(const struct kp_export_job *job, struct kp_error *error)
{
    sqlite3_stmt *statement = kp_profile_prepare(
        job->profile,
        "SELECT pid, time_ns, rss_bytes, (SELECT pid FROM memory_sample ORDER BY time_ns, pid LIMIT 1) FROM "
        "memory_sample ORDER BY time_ns, pid",
        error);
    if (!statement)
        return -1;
    int status;
    size_t count = 0;
    for (; (status = sqlite3_step(statement)) == SQLITE_ROW; count++) {
        if (count == 0)
            put_command(job->model->command, job->out);
        int64_t pid = sqlite3_column_int64(statement, 0);
        double seconds = (double)sqlite3_column_int64(statement, 1) / 1e9;
        double mebibytes = (double)sqlite3_column_int64(statement, 2) / (1024.0 * 1024.0);
        if (pid == sqlite3_column_int64(statement, 3))
            fprintf(job->out, "MEM %.6f %.4f\n", mebibytes, seconds);
        else
            fprintf(job->out, "CHLD %lld %.6f %.4f\n", (long long)pid, mebibytes, seconds);
    }
    sqlite3_finalize(statement);
    if (status != SQLITE_DONE)
        return kp_fail(error, "profile: damaged (%s); profile the program again", sqlite3_errmsg(job->profile));
    if (count == 0)
        return kp_fail(error, "%s: no samples of memory in it; `memprof run PROGRAM` takes them",
                       sqlite3_db_filename(job->profile, "main"));
    return 0;
}
