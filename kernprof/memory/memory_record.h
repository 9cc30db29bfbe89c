/* The profile of `memprof run`: written row by row while the program runs, so that it can be read at any time, and
 * after memprof was killed. */
#ifndef KP_KERNPROF_MEMORY_MEMORY_RECORD_H
#define KP_KERNPROF_MEMORY_MEMORY_RECORD_H

#include "kernprof/sample/memory_sampler.h"
#include "util/error.h"

struct kp_memory_record;

/* Creates the profile `path`, replacing what is there, with a run that is not over. NULL with `error`. */
struct kp_memory_record *kp_memory_record_create(const char *path, const char *command, pid_t pid,
                                                 struct kp_error *error);

/* Adds samples, all taken at `time_ns` (since 1970). 0, or -1 with `error` (a full disk). */
int kp_memory_record_add(struct kp_memory_record *record, int64_t time_ns, const struct kp_memory_sample *samples,
                         unsigned count, struct kp_error *error);

/* Notes that the run is over and closes. `exit_status` < 0: not known. 0, or -1 with `error`. */
int kp_memory_record_end(struct kp_memory_record *record, int64_t duration_ns, int exit_status, int clean,
                         const char *folder, struct kp_error *error);

#endif
