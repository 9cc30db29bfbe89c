/* The profile file: create, open, check. The schema is format/profile.sql, compiled in as kp_profile_schema. */
#ifndef KP_FORMAT_PROFILE_H
#define KP_FORMAT_PROFILE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define KP_PROFILE_APPLICATION_ID 0x6b70726f /* "kpro" */
#define KP_PROFILE_VERSION 2

extern const char kp_profile_schema[];

/* Creates the database at `path`, which must not exist, with the schema and inside an open transaction.
 * NULL on failure, with `error` filled. Close with kp_profile_commit or kp_profile_abandon. */
sqlite3 *kp_profile_create(const char *path, struct kp_error *error);

/* Commits and closes. 0, or -1 with `error` filled (a full disk, for one). */
int kp_profile_commit(sqlite3 *profile, const char *path, struct kp_error *error);

/* Closes without writing what is left; the caller unlinks the file. */
void kp_profile_abandon(sqlite3 *profile);

/* Opens an existing profile read-only, after checking that it is one, whole, and of a version that this program reads.
 * For one thread at a time: SQLite's locks would be a fifth of what a merge costs.
 * NULL on failure, with `error` filled. Close with sqlite3_close. */
sqlite3 *kp_profile_open(const char *path, struct kp_error *error);

/* A statement, prepared; NULL and `error` on failure (a damaged file). Free with sqlite3_finalize. */
sqlite3_stmt *kp_profile_prepare(sqlite3 *profile, const char *sql, struct kp_error *error);

/* The text of source `id`, decompressed and NUL-terminated, to be freed by the caller; NULL where none is known.
 * `size` and `whole` may be NULL. */
char *kp_profile_source(sqlite3 *profile, int64_t id, size_t *size, int *whole);

/* Is it of this kind (meta: 'lines', 'functions', 'memory', 'samples')? */
int kp_profile_is_kind(sqlite3 *profile, const char *kind);

/* Has it the tables of events? Those of earlier versions have not. */
int kp_profile_has_events(sqlite3 *profile);

/* In SQL, which rows of the table of events are shown: names are printable ASCII; others are of a damaged file. */
#define KP_PROFILE_EVENT_NAMES "name GLOB '?*' AND name NOT GLOB '*[^ -~]*'"

/* Is `text` what was compiled as source `id`? 0 also where that is not known. */
int kp_profile_is_source(sqlite3 *profile, int64_t id, const char *text, size_t size);

#endif
