/* See noise.h. */
#include "viewer/model/noise.h"

#include <math.h>
#include <stddef.h>

/* Mean range of n normal numbers in standard deviations, d2 of control charts (ISO 7870-2): 2 to 25, then by steps. */
static const double mean_range[] = {1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258, 3.336,
                                    3.407, 3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931};
static const struct {
    int64_t count;
    double range;
} mean_range_of_many[] = {{50, 4.498}, {100, 5.015}, {200, 5.492}, {500, 6.073}, {1000, 6.483}};

/* Student's t, two-sided 95 %, for 1 to 30 degrees of freedom. */
static const double student_95[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                    2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                    2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};

enum { RANGES = sizeof mean_range / sizeof *mean_range, STUDENTS = sizeof student_95 / sizeof *student_95 };

static double deviation(const struct kp_spread *side)
{
    double range = mean_range[RANGES - 1];
    if (side->profiles < 2)
        return 0;
    if (side->profiles - 2 < RANGES)
        range = mean_range[side->profiles - 2];
    for (size_t i = 0; i < sizeof mean_range_of_many / sizeof *mean_range_of_many; i++)
        if (side->profiles >= mean_range_of_many[i].count)
            range = mean_range_of_many[i].range;
    return (double)(side->most_ns - side->least_ns) / range;
}

static double student(int64_t profiles)
{
    return profiles - 2 < STUDENTS ? student_95[profiles - 2] : 1.96;
}

static double noise_of(const struct kp_spread *side, const struct kp_spread *other)
{
    double count = (double)(side->profiles > 0 ? side->profiles : 1);
    double error = (double)side->error_ns / count / sqrt(count);
    double spread = 0;
    if (side->profiles >= 2)
        spread = student(side->profiles) * deviation(side) / sqrt(count);
    else if (other->profiles >= 2)
        spread = student(other->profiles) * deviation(other);
    return error > spread ? error : spread;
}

double kp_noise(const struct kp_spread *old, const struct kp_spread *new)
{
    double a = noise_of(old, new);
    double b = noise_of(new, old);
    return sqrt(a * a + b * b);
}
