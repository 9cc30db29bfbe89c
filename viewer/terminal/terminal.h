/* What is set in a terminal for a while: a scrolling region, the alternate screen, a hidden cursor, keys without echo.
 * It is undone however we end or stop: by kp_terminal_close; when Ctrl-Z stops us; and by a process of its own that
 * waits for our end, which outlives a SIGKILL of us or of our whole process group. One terminal at a time. */
#ifndef KP_VIEWER_TERMINAL_TERMINAL_H
#define KP_VIEWER_TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of what undoes what was set, without those that every terminal of ours gets. */
enum { KP_TERMINAL_UNDO = 64 };

struct kp_terminal;

/* Sets nothing yet. `keys`: if standard input is a terminal, its keys are to be ours. NULL: no memory, or no process.
 */
struct kp_terminal *kp_terminal_open(int fd, bool keys);

/* To be asked before each drawing: a job in the background must not draw, and what it had set is undone. */
bool kp_terminal_may_draw(struct kp_terminal *terminal);

/* What was set is set still: we have not been stopped since. */
bool kp_terminal_is_set(const struct kp_terminal *terminal);

/* Both are escape sequences; may be called again. */
void kp_terminal_set(struct kp_terminal *terminal, const char *set, const char *undo);

/* Nothing if something was undone since it was asked for: then it would be drawn on what is not ours. */
void kp_terminal_write(struct kp_terminal *terminal, const char *text, size_t size);

/* Standard input has keys for us. */
bool kp_terminal_has_keys(const struct kp_terminal *terminal);

/* Undoes what is set. */
void kp_terminal_close(struct kp_terminal *terminal);

#endif
