/* Joins counter files, maps and sources into a profile: add, then solve, then write. */
#ifndef KP_KERNPROF_ANALYZE_JOIN_H
#define KP_KERNPROF_ANALYZE_JOIN_H

#include <sqlite3.h>
#include <stdint.h>

#include "kernprof/compile/globs.h"
#include "kernprof/sample/samples.h"
#include "util/error.h"

struct kp_run {
    const char *command;
    const char *kind; /* of the profile: "lines", "functions" or "memory" */
    const char *timing;
    int64_t start_ns; /* of the program that kernprof started, as the next four */
    int64_t duration_ns;
    int pid;         /* 0: not known, and the four neither */
    int exit_status; /* as the shell has it */
    int clean;       /* 0: a signal killed it */
    int embed_sources;
};

struct kp_join;

/* `by_function`: functions were profiled, and not their lines. */
struct kp_join *kp_join_new(int by_function);
void kp_join_free(struct kp_join *join);

/* Adds all counter files of a folder. A damaged one is left out and counted. 0, or -1 with `error`. */
int kp_join_add_folder(struct kp_join *join, const char *folder, struct kp_error *error);

/* Adds a counter file's bytes, aligned to 8. A damaged one is left out and counted. 0, or -1 out of memory. */
int kp_join_add_bytes(struct kp_join *join, const void *bytes, uint64_t size);

/* Number of functions, and of timers that ran. */
unsigned kp_join_functions(const struct kp_join *join);
uint64_t kp_join_timers(const struct kp_join *join);

/* What processes allocated as wholes, where memory was measured. */
struct kp_join_memory;
const struct kp_join_memory *kp_join_memory(const struct kp_join *join);
unsigned kp_join_damaged(const struct kp_join *join);

/* Adds the patterns of the command lines that built the modules. */
void kp_join_globs(const struct kp_join *join, struct kp_globs *globs);

/* Adds samples of the program counter; after the folders. `sampler` names where they are from, for the rows of runs. */
void kp_join_add_samples(struct kp_join *join, const struct kp_samples *samples, const char *sampler);

/* Threads that ran without counters, as their file could not grow. */
uint64_t kp_join_uncounted(const struct kp_join *join);

/* Makes counts and times of what was added. To be called once, when everything has been added. 0, or -1 with `error`.
 */
int kp_join_solve(struct kp_join *join, struct kp_error *error);

/* Writes everything into an open profile. 0, or -1 with `error`: also where nothing was solved. */
int kp_join_write(const struct kp_join *join, const struct kp_run *run, sqlite3 *profile, struct kp_error *error);

#endif
