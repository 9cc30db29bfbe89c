/* The model of memory over time: the curves of the processes of one recording, and the calls of functions. */
#ifndef KP_VIEWER_MODEL_MEMORY_SERIES_H
#define KP_VIEWER_MODEL_MEMORY_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "format/profile.h"

struct kp_memory_point {
    double time_s; /* since the first sample of the recording */
    double mib;
};

struct kp_memory_curve {
    int64_t pid;
    struct kp_memory_point *points; /* in order of time */
    size_t count;
    size_t peak; /* index of the highest; the first of equals */
};

struct kp_memory_mark {
    int64_t pid;
    char *function;
    double start_s, end_s;
    double start_mib, end_mib;
    int64_t level;
};

struct kp_memory_series {
    char *path;
    char *command;
    struct kp_memory_curve *curves; /* that of the program itself first */
    size_t curve_count;
    struct kp_memory_mark *marks; /* in order of start */
    size_t mark_count;
};

/* Loads the recording `path`; `pss`: proportional set sizes, where they were taken. -1 with `error`, nothing then to
 * free (not a recording, or one without samples). */
int kp_memory_series_load(struct kp_memory_series *series, const char *path, int pss, struct kp_error *error);
void kp_memory_series_free(struct kp_memory_series *series);

/* MiB a second by least squares; 0 for a single point. `*at_zero`: where the line is at the start. */
double kp_memory_slope(const struct kp_memory_curve *curve, double *at_zero);

/* The highest point of `curve` within the calls of `function` (NULL: anywhere). -1: there is none. */
double kp_memory_peak(const struct kp_memory_series *series, const struct kp_memory_curve *curve, const char *function);

#endif
