/* What time it is. */
#ifndef KP_UTIL_NOW_H
#define KP_UTIL_NOW_H

#include <stdint.h>
#include <time.h>

/* Of a clock that every Linux has: CLOCK_MONOTONIC, CLOCK_REALTIME. */
static inline int64_t kp_now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline double kp_now_s(clockid_t clock)
{
    return (double)kp_now_ns(clock) / 1e9;
}

/* So many seconds, 0 or more, as system calls want them. */
static inline struct timespec kp_duration(double seconds)
{
    time_t whole = (time_t)seconds;
    return (struct timespec){whole, (long)((seconds - (double)whole) * 1e9)};
}

#endif
