/* Where a command writes: standard output, or a file that appears whole or not at all. */
#ifndef KP_UTIL_OUTPUT_H
#define KP_UTIL_OUTPUT_H

#include <stdio.h>

#include "util/error.h"

struct kp_output {
    FILE *stream;
    char *path;      /* NULL: standard output */
    char *temporary; /* written first and then renamed to `path`; NULL: written in place (a device, a pipe) */
};

/* NULL and "-" mean standard output. A file is written under a temporary name in the same folder.
 * 0, or -1 with `error` filled and nothing to close. */
int kp_output_open(struct kp_output *output, const char *path, struct kp_error *error);

/* Flushes, checks that everything was really written, and gives the file its name. 0, or -1 with `error` filled and the
 * temporary file removed. In both cases `output` is closed; standard output stays open. */
int kp_output_close(struct kp_output *output, struct kp_error *error);

/* Closes and removes what was written. */
void kp_output_abandon(struct kp_output *output);

/* Flushes `stream` and checks that everything was written; `name` is for the message. */
int kp_output_flush(FILE *stream, const char *name, struct kp_error *error);

#endif
