/* The panel of functions. */
#include "viewer/terminal/tui_panels.h"

#include <stdio.h>

static size_t rows(const struct kp_tui *tui)
{
    return tui->listing->function_count;
}

/* Listings put the largest last; a list that is read from its top wants it first. */
const struct kp_listing_function *kp_tui_function_at(const struct kp_tui *tui, size_t row)
{
    bool reversed = tui->order == KP_ORDER_TIME || tui->order == KP_ORDER_HITS;
    return &tui->listing->functions[reversed ? tui->listing->function_count - 1 - row : row];
}

void kp_tui_unit(const struct kp_tui *tui, char text[KP_TUI_UNIT])
{
    char unit[KP_VALUE_TEXT];
    kp_units_unit(unit, tui->unit_s);
    snprintf(text, KP_TUI_UNIT, tui->listing->timed ? "  (timer unit: %s s)" : "", unit);
}

static void heading(const struct kp_tui *tui, char *text, size_t size)
{
    char unit[KP_TUI_UNIT];
    kp_tui_unit(tui, unit);
    snprintf(text, size, "%8s %14s %12s %14s  Function%s", "% Own", "Time", "Calls", "Hits", unit);
}

static double heat(const struct kp_tui *tui, size_t row)
{
    const struct kp_listing_function *function = kp_tui_function_at(tui, row);
    double own_ns = 0;
    for (size_t i = 0; i < function->line_count; i++)
        own_ns += (double)kp_listing_number(&function->lines[i], KP_COLUMN_SELF);
    return tui->own_ns > 0 ? 100 * own_ns / tui->own_ns : 0;
}

static void row_text(const struct kp_tui *tui, size_t row, char *text, size_t size)
{
    const struct kp_listing_function *function = kp_tui_function_at(tui, row);
    char own[KP_VALUE_TEXT] = "", time[KP_VALUE_TEXT] = "", calls[KP_VALUE_TEXT], hits[KP_VALUE_TEXT];
    if (tui->listing->timed) {
        kp_units_cell(own, kp_value_percent(heat(tui, row), 100), tui->unit_s);
        kp_units_cell(time, kp_value_time((double)function->time_ns), tui->unit_s);
    }
    kp_units_cell(calls, kp_value_count(function->calls), tui->unit_s);
    kp_units_cell(hits, kp_value_count(function->hits), tui->unit_s);
    snprintf(text, size, "%8s %14s %12s %14s  %s  (%s:%lld)", own, time, calls, hits, function->name,
             tui->listing->sources[function->source].shown, (long long)function->line);
}

const struct kp_tui_panel kp_tui_functions = {
    .keys = "Enter: source  s: sort  /: search  ?: help  q: leave",
    .rows = rows,
    .heading = heading,
    .row = row_text,
    .heat = heat,
};
