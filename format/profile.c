/* See profile.h. Before SQLite gets to see a file, its first 100 bytes are read here
 * (https://sqlite.org/fileformat.html, section 1.3), so that each kind of wrong file has its own message: SQLite itself
 * says "file is not a database" for most of them. A profile is untrusted input: it is opened read-only, defensively,
 * and checked as a whole. */
#include "format/profile.h"

#include "format/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
    HEADER_SIZE = 100,
    WAIT_MS = 5000, /* for a writer, whose transactions take some microseconds */
    HEADER_PAGE_SIZE = 16,
    HEADER_CHANGE_COUNTER = 24,
    HEADER_PAGE_COUNT = 28,
    HEADER_USER_VERSION = 60,
    HEADER_APPLICATION_ID = 68,
    HEADER_PAGE_COUNT_VALID_FOR = 92
};

static const char magic[16] = "SQLite format 3"; /* with its NUL */

/* No source file comes near this; a damaged size must not make us ask for all memory. */
#define SOURCE_SIZE_MAX ((int64_t)1 << 30)

static uint32_t big_endian_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int fail_damaged(const char *path, const char *how, struct kp_error *error)
{
    return kp_fail(error, "%s: damaged profile (%s); profile the program again", path, how);
}

/* The file's size and up to HEADER_SIZE bytes of its beginning. */
static int read_header(const char *path, unsigned char *header, size_t *got, int64_t *size, struct kp_error *error)
{
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return kp_fail(error, "%s: no such file; `kernprof -l -o FILE PROGRAM` makes a profile", path);
    if (file < 0)
        return kp_fail(error, "%s: cannot be read: %s", path, strerror(errno));
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return kp_fail(error, "%s: not a regular file; give the name of a profile", path);
    }
    *size = status.st_size;
    *got = 0;
    ssize_t count;
    while ((count = read(file, header + *got, HEADER_SIZE - *got)) > 0 || (count < 0 && errno == EINTR))
        if (count > 0)
            *got += (size_t)count;
    int cause = errno;
    close(file);
    return count < 0 ? kp_fail(error, "%s: cannot be read: %s", path, strerror(cause)) : 0;
}

/* A journal that is not empty: somebody is writing (memprof run), or was killed while writing. */
static bool has_journal(const char *path)
{
    char journal[4096];
    struct stat status;
    int length = snprintf(journal, sizeof journal, "%s-journal", path);
    return length < (int)sizeof journal && stat(journal, &status) == 0 && status.st_size > 0;
}

/* Rolls back what a killed writer left half done, for which SQLite wants to be able to write. Waits for one that lives.
 */
static void settle(const char *path)
{
    sqlite3 *profile = NULL;
    if (sqlite3_open_v2(path, &profile, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK) {
        sqlite3_busy_timeout(profile, WAIT_MS);
        sqlite3_exec(profile, "SELECT COUNT(*) FROM sqlite_schema", NULL, NULL, NULL);
    }
    sqlite3_close(profile); /* a failure shows again when it is read */
}

static int check_header(const char *path, struct kp_error *error)
{
    unsigned char header[HEADER_SIZE];
    size_t got = 0;
    int64_t size = 0;
    if (read_header(path, header, &got, &size, error) != 0)
        return -1;
    if (got == 0)
        return kp_fail(error, "%s: empty file, not a profile; profile the program again", path);
    if (memcmp(header, magic, got < sizeof magic ? got : sizeof magic) != 0)
        return kp_fail(error, "%s: not a kernprof profile; give a file that kernprof wrote", path);
    if (got < HEADER_SIZE)
        return kp_fail(error, "%s: truncated profile (%lld bytes); profile the program again", path, (long long)size);
    if (big_endian_32(header + HEADER_APPLICATION_ID) != KP_PROFILE_APPLICATION_ID)
        return kp_fail(
            error, "%s: not a kernprof profile, but another SQLite database; give a file that kernprof wrote", path);
    uint32_t version = big_endian_32(header + HEADER_USER_VERSION);
    if (version > KP_PROFILE_VERSION)
        return kp_fail(error, "%s: made by a newer kernprof (format %u, this reads %d); update kernprof", path, version,
                       KP_PROFILE_VERSION);
    if (version == 0)
        return fail_damaged(path, "it has no format version", error);
    if (version < KP_PROFILE_VERSION)
        return kp_fail(error, "%s: made by an older kernprof (format %u, this reads %d); profile the program again",
                       path, version, KP_PROFILE_VERSION);

    int64_t page_size = header[HEADER_PAGE_SIZE] << 8 | header[HEADER_PAGE_SIZE + 1];
    page_size = page_size == 1 ? 65536 : page_size;
    int64_t page_count = big_endian_32(header + HEADER_PAGE_COUNT);
    bool valid = memcmp(header + HEADER_CHANGE_COUNTER, header + HEADER_PAGE_COUNT_VALID_FOR, 4) == 0;
    if (valid && !has_journal(path) && size < page_size * page_count)
        return kp_fail(error, "%s: truncated profile (%lld of %lld bytes); profile the program again", path,
                       (long long)size, (long long)(page_size * page_count));
    return 0;
}

static int check_contents(sqlite3 *profile, const char *path, struct kp_error *error)
{
    static const char *const check[] = {
        "PRAGMA quick_check(1)",
        /* 1 too few or too many of what the stable interface promises, and it is not what kernprof wrote. */
        "SELECT CASE COUNT(*) WHEN 7 THEN 'ok' ELSE 'a view is missing' END FROM sqlite_schema WHERE type = 'view' AND "
        "name IN ('lines', 'functions', 'calls', 'timers', 'memory_lines', 'memory_samples', 'runs')",
    };
    for (size_t i = 0; i < sizeof check / sizeof *check; i++) {
        sqlite3_stmt *statement = NULL;
        int status = sqlite3_prepare_v2(profile, check[i], -1, &statement, NULL);
        if (status == SQLITE_OK)
            status = sqlite3_step(statement);
        const char *answer = status == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        if (!answer || strcmp(answer, "ok") != 0) {
            char how[256];
            snprintf(how, sizeof how, "%s", answer ? answer : sqlite3_errmsg(profile));
            how[strcspn(how, "\n")] = '\0';
            sqlite3_finalize(statement);
            return fail_damaged(path, how, error);
        }
        sqlite3_finalize(statement);
    }
    return 0;
}

sqlite3 *kp_profile_open(const char *path, struct kp_error *error)
{
    if (has_journal(path))
        settle(path);
    if (check_header(path, error) != 0)
        return NULL;
    sqlite3 *profile = NULL;
    if (sqlite3_open_v2(path, &profile, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        kp_fail(error, "%s: cannot be read: %s", path, profile ? sqlite3_errmsg(profile) : "out of memory");
        sqlite3_close(profile);
        return NULL;
    }
    sqlite3_busy_timeout(profile, WAIT_MS);
    sqlite3_db_config(profile, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(profile, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (check_contents(profile, path, error) != 0) {
        sqlite3_close(profile);
        return NULL;
    }
    return profile;
}

static int execute(sqlite3 *profile, const char *sql, const char *path, struct kp_error *error)
{
    if (sqlite3_exec(profile, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    return kp_fail(error, "%s: cannot be written: %s; choose another place with -o or free some space", path,
                   sqlite3_errmsg(profile));
}

sqlite3 *kp_profile_create(const char *path, struct kp_error *error)
{
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size != 0) {
        kp_fail(error, "%s: exists already; remove it or choose another name with -o", path);
        return NULL;
    }
    sqlite3 *profile = NULL;
    if (sqlite3_open_v2(path, &profile, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        kp_fail(error, "%s: cannot be written: %s; choose another place with -o", path,
                profile ? sqlite3_errmsg(profile) : "out of memory");
        sqlite3_close(profile);
        return NULL;
    }
    sqlite3_busy_timeout(profile, WAIT_MS); /* somebody may look at a recording while it is written */
    /* No journal: the caller writes under a temporary name and renames, so a half-written file is never seen. */
    char identity[128];
    snprintf(
        identity, sizeof identity,
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = %d; PRAGMA user_version = %d",
        KP_PROFILE_APPLICATION_ID, KP_PROFILE_VERSION);
    if (execute(profile, identity, path, error) != 0 || execute(profile, "BEGIN", path, error) != 0 ||
        execute(profile, kp_profile_schema, path, error) != 0) {
        sqlite3_close(profile);
        return NULL;
    }
    return profile;
}

int kp_profile_commit(sqlite3 *profile, const char *path, struct kp_error *error)
{
    int status = execute(profile, "COMMIT", path, error);
    sqlite3_close_v2(profile);
    return status;
}

void kp_profile_abandon(sqlite3 *profile)
{
    sqlite3_close_v2(profile);
}

sqlite3_stmt *kp_profile_prepare(sqlite3 *profile, const char *sql, struct kp_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(profile, sql, -1, &statement, NULL) == SQLITE_OK)
        return statement;
    const char *path = sqlite3_db_filename(profile, "main");
    fail_damaged(path && *path ? path : "profile", sqlite3_errmsg(profile), error);
    return NULL;
}

static char *decompress(const void *compressed, size_t compressed_size, int64_t size)
{
    if (!compressed || size < 0 || size > SOURCE_SIZE_MAX)
        return NULL;
    char *text = malloc((size_t)size + 1);
    if (!text)
        return NULL;
    if (ZSTD_decompress(text, (size_t)size, compressed, compressed_size) != (size_t)size) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

char *kp_profile_source(sqlite3 *profile, int64_t id, size_t *size, int *whole)
{
    struct kp_error unused; /* a source that cannot be had is a source that is not known */
    sqlite3_stmt *statement = kp_profile_prepare(profile, "SELECT size, whole, text FROM source WHERE id = ?", &unused);
    if (!statement)
        return NULL;
    char *text = NULL;
    sqlite3_bind_int64(statement, 1, id);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const void *blob = sqlite3_column_blob(statement, 2);
        text = decompress(blob, (size_t)sqlite3_column_bytes(statement, 2), sqlite3_column_int64(statement, 0));
        if (size)
            *size = text ? (size_t)sqlite3_column_int64(statement, 0) : 0;
        if (whole)
            *whole = sqlite3_column_int(statement, 1);
    }
    sqlite3_finalize(statement);
    return text;
}

int kp_profile_has_events(sqlite3 *profile)
{
    sqlite3_stmt *statement = NULL;
    int found =
        sqlite3_prepare_v2(profile, "SELECT 1 FROM line_event, event LIMIT 0", -1, &statement, NULL) == SQLITE_OK;
    sqlite3_finalize(statement);
    return found;
}

int kp_profile_is_source(sqlite3 *profile, int64_t id, const char *text, size_t size)
{
    struct kp_error unused;
    sqlite3_stmt *statement = kp_profile_prepare(profile, "SELECT checksum FROM source WHERE id = ?", &unused);
    if (!statement)
        return 0;
    sqlite3_bind_int64(statement, 1, id);
    int64_t checksum = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return checksum != 0 && (uint64_t)checksum == kp_hash(text, size);
}

int kp_profile_is_kind(sqlite3 *profile, const char *kind)
{
    struct kp_error unused; /* a damaged profile is of no kind; what is wrong is said when it is read */
    sqlite3_stmt *statement =
        kp_profile_prepare(profile, "SELECT 1 FROM meta WHERE key = 'kind' AND value = ?", &unused);
    if (!statement)
        return 0;
    sqlite3_bind_text(statement, 1, kind, -1, SQLITE_STATIC);
    int is = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return is;
}
