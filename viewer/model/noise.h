/* Noise of a difference of two times, as compare.h explains it. */
#ifndef KP_VIEWER_MODEL_NOISE_H
#define KP_VIEWER_MODEL_NOISE_H

#include <stdint.h>

/* What is known of one time: of `profiles` runs the sum of the errors, the least and the most. */
struct kp_spread {
    int64_t profiles;
    int64_t error_ns;
    int64_t least_ns;
    int64_t most_ns;
};

/* In nanoseconds, for the mean of one side minus the mean of the other. */
double kp_noise(const struct kp_spread *old, const struct kp_spread *new);

#endif
