/* What the terminal's panels and their loop (tui.c) share. A panel is a list of rows with a cursor. */
#ifndef KP_VIEWER_TERMINAL_TUI_PANELS_H
#define KP_VIEWER_TERMINAL_TUI_PANELS_H

#include "viewer/model/listing.h"

struct kp_tui_call {
    size_t source; /* of the calling line, as an index into the listing's sources */
    int64_t line;
    char *caller;
    size_t callee_source;
    int64_t callee_line;
    char *callee;
};

/* What stands on a line of the file that is shown. */
struct kp_tui_entry {
    const struct kp_listing_function *function; /* NULL: no code */
    const struct kp_listing_line *line;
};

struct kp_tui {
    struct kp_listing *listing;
    struct kp_tui_call *calls;
    size_t call_count;
    double unit_s;
    enum kp_listing_order order;
    double own_ns;                /* of all lines */
    size_t source;                /* that is shown */
    struct kp_tui_entry *entries; /* of its lines, from 1 */
    size_t entry_count;
};

struct kp_tui_panel {
    const char *keys; /* the bottom line */
    size_t (*rows)(const struct kp_tui *);
    void (*heading)(const struct kp_tui *, char *text, size_t size);
    void (*row)(const struct kp_tui *, size_t row, char *text, size_t size);
    double (*heat)(const struct kp_tui *, size_t row); /* percent */
};

extern const struct kp_tui_panel kp_tui_functions;
extern const struct kp_tui_panel kp_tui_source;

/* The function that is shown as row `row` of kp_tui_functions. */
const struct kp_listing_function *kp_tui_function_at(const struct kp_tui *tui, size_t row);

/* What ends a heading: the unit of times, or nothing where there are none. */
enum { KP_TUI_UNIT = 360 };
void kp_tui_unit(const struct kp_tui *tui, char text[KP_TUI_UNIT]);

/* Shows another file: finds what stands on its lines. -1: out of memory, and nothing changed. */
int kp_tui_source_open(struct kp_tui *tui, size_t source);

/* Fits the widths of the visible columns to the file. */
void kp_tui_source_fit(struct kp_tui *tui);

#endif
