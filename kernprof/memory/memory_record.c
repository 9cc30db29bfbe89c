/* See memory_record.h.
 *
 * Each set of samples is a transaction of SQLite with a journal, so that a kill in its middle leaves something to roll
 * back (format/profile.c does, when it opens such a file). Nothing waits for the disk: what the system has taken
 * survives the end of this process, and a loss of power is no concern of a profiler. */
#include "kernprof/memory/memory_record.h"

#include <stdlib.h>
#include <unistd.h>

#include "format/profile.h"
#include "kernprof/memory/long_calls.h"
#include "util/host.h"
#include "util/now.h"

struct kp_memory_record {
    sqlite3 *profile;
    sqlite3_stmt *insert;
};

static int fail(struct kp_memory_record *record, struct kp_error *error)
{
    return kp_fail(error, "%s: cannot be written: %s; choose another place with -o or free some space",
                   sqlite3_db_filename(record->profile, "main"), sqlite3_errmsg(record->profile));
}

static int execute(struct kp_memory_record *record, const char *sql, struct kp_error *error)
{
    return sqlite3_exec(record->profile, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(record, error);
}

static int step(struct kp_memory_record *record, sqlite3_stmt *statement, struct kp_error *error)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : fail(record, error);
}

static int insert_run(struct kp_memory_record *record, const char *command, pid_t pid, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(
        record->profile,
        "INSERT INTO run (command, start, host, pid, rank, timing, clean) VALUES (?, ?, ?, ?, ?, 'off', 0)", error);
    if (!insert)
        return -1;
    char host[256];
    kp_host_name(host, sizeof host);
    sqlite3_bind_text(insert, 1, command, -1, SQLITE_TRANSIENT);
    sqlite3_bind_double(insert, 2, kp_now_s(CLOCK_REALTIME));
    sqlite3_bind_text(insert, 3, host, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(insert, 4, pid);
    if (kp_host_rank() >= 0)
        sqlite3_bind_int(insert, 5, kp_host_rank());
    int result = step(record, insert, error);
    sqlite3_finalize(insert);
    return result;
}

static void discard(struct kp_memory_record *record)
{
    sqlite3_finalize(record->insert);
    kp_profile_abandon(record->profile);
    free(record);
}

struct kp_memory_record *kp_memory_record_create(const char *path, const char *command, pid_t pid,
                                                 struct kp_error *error)
{
    struct kp_memory_record *record = calloc(1, sizeof *record);
    if (!record) {
        kp_fail(error, "out of memory");
        return NULL;
    }
    unlink(path);
    record->profile = kp_profile_create(path, error);
    if (!record->profile) {
        free(record);
        return NULL;
    }
    if (execute(record, "INSERT INTO meta VALUES ('kind', 'samples')", error) == 0 &&
        insert_run(record, command, pid, error) == 0 && execute(record, "COMMIT", error) == 0 &&
        execute(record, "PRAGMA journal_mode = TRUNCATE", error) == 0 &&
        (record->insert = kp_profile_prepare(record->profile, "INSERT INTO memory_sample VALUES (?, ?, ?, ?)", error)))
        return record;
    discard(record);
    unlink(path);
    return NULL;
}

static int insert_samples(struct kp_memory_record *record, int64_t time_ns, const struct kp_memory_sample *samples,
                          unsigned count, struct kp_error *error)
{
    int result = 0;
    for (unsigned i = 0; result == 0 && i < count; i++) {
        sqlite3_bind_int64(record->insert, 1, samples[i].pid);
        sqlite3_bind_int64(record->insert, 2, time_ns);
        sqlite3_bind_int64(record->insert, 3, samples[i].rss_bytes);
        if (samples[i].pss_bytes >= 0)
            sqlite3_bind_int64(record->insert, 4, samples[i].pss_bytes);
        else
            sqlite3_bind_null(record->insert, 4);
        result = step(record, record->insert, error);
    }
    return result;
}

int kp_memory_record_add(struct kp_memory_record *record, int64_t time_ns, const struct kp_memory_sample *samples,
                         unsigned count, struct kp_error *error)
{
    if (execute(record, "BEGIN", error) != 0)
        return -1;
    if (insert_samples(record, time_ns, samples, count, error) == 0 && execute(record, "COMMIT", error) == 0)
        return 0;
    sqlite3_exec(record->profile, "ROLLBACK", NULL, NULL, NULL); /* the first error is the one to tell of */
    return -1;
}

static int update_run(struct kp_memory_record *record, int64_t duration_ns, int exit_status, int clean,
                      struct kp_error *error)
{
    sqlite3_stmt *update =
        kp_profile_prepare(record->profile, "UPDATE run SET duration_ns = ?, exit_status = ?, clean = ?", error);
    if (!update)
        return -1;
    sqlite3_bind_int64(update, 1, duration_ns);
    if (exit_status >= 0)
        sqlite3_bind_int(update, 2, exit_status);
    sqlite3_bind_int(update, 3, clean);
    int result = step(record, update, error);
    sqlite3_finalize(update);
    return result;
}

int kp_memory_record_end(struct kp_memory_record *record, int64_t duration_ns, int exit_status, int clean,
                         const char *folder, struct kp_error *error)
{
    int result = execute(record, "BEGIN", error);
    if (result == 0 && folder)
        result = kp_long_calls_write(folder, record->profile, error);
    if (result == 0)
        result = update_run(record, duration_ns, exit_status, clean, error);
    if (result == 0)
        result = execute(record, "COMMIT", error);
    if (result == 0)
        result = execute(record, "PRAGMA journal_mode = DELETE", error);
    discard(record);
    return result;
}
