/* What a run leaves in its counter folder beside the counters, so that `kernprof recover` can do what kernprof could
 * not: the command, the kind of profile, where it was to go. kernprof holds a lock on it as long as it lives. */
#ifndef KP_KERNPROF_RUN_RUN_RECORD_H
#define KP_KERNPROF_RUN_RUN_RECORD_H

#include "util/error.h"

/* Its name in the folder. */
#define KP_RUN_RECORD_NAME "run.json"

struct kp_run_record {
    char *command;
    char *kind; /* of the profile: "lines" or "functions" */
    char *timing;
    char *output; /* absolute path */
    int embed_sources;
    int kernprof_lives; /* the kernprof that wrote it is still at work */
};

/* Writes the record. A descriptor to keep open for as long as kernprof works on the folder, or -1 with `error`. */
int kp_run_record_write(const char *folder, const struct kp_run_record *record, struct kp_error *error);

/* Reads it. 0, or -1 with `error`. Free with kp_run_record_free. */
int kp_run_record_read(const char *folder, struct kp_run_record *record, struct kp_error *error);
void kp_run_record_free(struct kp_run_record *record);

/* Is there a record of this user in the folder, of whatever content? */
int kp_run_record_exists(const char *folder);

#endif
