/* The listing on a terminal, to walk about in: functions, annotated source, calls and back. */
#ifndef KP_VIEWER_TERMINAL_TUI_H
#define KP_VIEWER_TERMINAL_TUI_H

#include "viewer/model/listing.h"

/* Until the user leaves it. Sorts `listing`, and makes more of its columns visible as the user asks for them. 0, or -1
 * with `error` filled (no terminal; a damaged profile). */
int kp_tui_run(struct kp_listing *listing, sqlite3 *profile, double unit_s, struct kp_error *error);

#endif
