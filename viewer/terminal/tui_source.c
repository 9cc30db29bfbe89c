/* The panel of annotated source. */
#include "viewer/terminal/tui_panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/control.h"

enum { TAB = 8, LINES_BEHIND = 65536 }; /* a damaged line number must not take all memory */

static void take_lines(struct kp_tui_entry *entries, size_t count, size_t source,
                       const struct kp_listing_function *function)
{
    for (size_t i = 0; i < function->line_count; i++) {
        const struct kp_listing_line *line = &function->lines[i];
        if (line->source != source || line->line < 1 || (uint64_t)line->line > count)
            continue;
        struct kp_tui_entry *entry = &entries[line->line];
        if (!entry->line || kp_listing_number(entry->line, KP_COLUMN_TIME) < kp_listing_number(line, KP_COLUMN_TIME))
            *entry = (struct kp_tui_entry){function, line};
    }
}

void kp_tui_source_fit(struct kp_tui *tui)
{
    kp_columns_fit_none(&tui->listing->columns);
    for (size_t i = 1; i <= tui->entry_count; i++)
        if (tui->entries[i].line)
            kp_listing_fit(tui->listing, tui->entries[i].function, tui->entries[i].line, tui->unit_s);
}

int kp_tui_source_open(struct kp_tui *tui, size_t source)
{
    size_t count = tui->listing->sources[source].line_count;
    for (size_t i = 0; count == 0 && i < tui->listing->function_count; i++) /* no text: as far as there is code */
        if (tui->listing->functions[i].source == source && tui->listing->functions[i].last_line > 0 &&
            tui->listing->functions[i].last_line < LINES_BEHIND)
            count = (size_t)tui->listing->functions[i].last_line;
    struct kp_tui_entry *entries = calloc(count + 1, sizeof *entries);
    if (!entries)
        return -1;
    for (size_t i = 0; i < tui->listing->function_count; i++)
        take_lines(entries, count, source, &tui->listing->functions[i]);
    free(tui->entries);
    tui->entries = entries;
    tui->entry_count = count;
    tui->source = source;
    kp_tui_source_fit(tui);
    return 0;
}

static size_t rows(const struct kp_tui *tui)
{
    return tui->entry_count;
}

static void heading(const struct kp_tui *tui, char *text, size_t size)
{
    const struct kp_columns *columns = &tui->listing->columns;
    size_t used = (size_t)snprintf(text, size, "%6s", "Line #");
    for (size_t c = 0; c < columns->count && used < size; c++)
        if (columns->at[c].visible)
            used += (size_t)snprintf(text + used, size - used, " %*s", columns->at[c].width,
                                     columns->at[c].column->heading);
    char unit[KP_TUI_UNIT];
    kp_tui_unit(tui, unit);
    if (used < size)
        snprintf(text + used, size - used, "  %s%s", tui->listing->sources[tui->source].shown, unit);
}

static void append_source(const struct kp_source *source, size_t number, char *text, size_t size, size_t used)
{
    size_t length;
    const char *line = kp_source_line(source, (int64_t)number, &length);
    size_t column = 0;
    for (size_t i = 0; i < length && used + TAB + 1 < size; i++) {
        unsigned char c = (unsigned char)line[i];
        size_t blanks = c == '\t' ? TAB - column % TAB : kp_is_control(line[i]) ? 1 : 0;
        column += blanks ? blanks : (c & 0xc0) != 0x80;
        for (size_t b = 0; b < blanks; b++)
            text[used++] = ' ';
        if (!blanks)
            text[used++] = (char)c;
    }
    text[used] = '\0';
}

static void row_text(const struct kp_tui *tui, size_t row, char *text, size_t size)
{
    const struct kp_tui_entry *entry = &tui->entries[row + 1];
    const struct kp_columns *columns = &tui->listing->columns;
    size_t used = (size_t)snprintf(text, size, "%6zu", row + 1);
    for (size_t c = 0; c < columns->count && used < size; c++) {
        char cell[KP_VALUE_TEXT] = "";
        if (!columns->at[c].visible)
            continue;
        if (entry->line)
            kp_units_cell(cell, kp_listing_value(tui->listing, entry->function, entry->line, c), tui->unit_s);
        used += (size_t)snprintf(text + used, size - used, " %*s", columns->at[c].width, cell);
    }
    if (used + 3 >= size)
        return;
    used += (size_t)snprintf(text + used, size - used, "  ");
    append_source(&tui->listing->sources[tui->source], row + 1, text, size, used);
}

static double heat(const struct kp_tui *tui, size_t row)
{
    const struct kp_tui_entry *entry = &tui->entries[row + 1];
    return entry->line && entry->function->time_ns > 0
               ? 100 * (double)kp_listing_number(entry->line, KP_COLUMN_TIME) / (double)entry->function->time_ns
               : 0;
}

const struct kp_tui_panel kp_tui_source = {
    .keys =
        "Enter: into the call  u: callers  Backspace: back  n/N: hot lines  c: columns  e: editor  /: search  ?: help",
    .rows = rows,
    .heading = heading,
    .row = row_text,
    .heat = heat,
};
