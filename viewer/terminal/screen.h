/* A part of a terminal that is drawn again and again. */
#ifndef KP_VIEWER_TERMINAL_SCREEN_H
#define KP_VIEWER_TERMINAL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct kp_screen;

/* `whole`: all of the terminal, which is as it was afterwards; keys of standard input are ours if it is a terminal.
 * Else its lower half, while what other programs write there scrolls above it; no keys. NULL: `fd` is no terminal that
 * can do this, or out of memory. */
struct kp_screen *kp_screen_open(int fd, bool whole);

/* How many lines there are to draw. */
int kp_screen_rows(const struct kp_screen *screen);

/* Shows as much of the text as there is room for. Its first line stays in place when the others are scrolled. */
void kp_screen_draw(struct kp_screen *screen, const char *text);

/* Waits for at most `seconds`, a signal, or a key that ends it (true). Keys that scroll draw. */
bool kp_screen_wait(struct kp_screen *screen, double seconds);

/* Gives the terminal back. */
void kp_screen_close(struct kp_screen *screen);

#endif
