/* The table of timers, as the program itself prints it (kp_summary), from a profile. */
#ifndef KP_VIEWER_TEXT_TIMERS_H
#define KP_VIEWER_TEXT_TIMERS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>

#include "util/error.h"

/* By name, or by total time, the largest last. Whether all was really written is for the caller to check.
 * 0, or -1 with `error` filled. */
int kp_timers_render(sqlite3 *profile, bool by_time, FILE *out, struct kp_error *error);

/* Whether the profile has timers and nothing else. */
bool kp_timers_alone(sqlite3 *profile);

#endif
