/* See text.h. The formats and widths are those of line_profiler's show_func and show_text; a column whose values do not
 * fit grows, for that function alone. */
#include "viewer/text/text.h"

#include <string.h>

#include "util/control.h"

enum { LINE_WIDTH = 6, TAB = 8, GAP = 10 };

struct table {
    struct kp_listing *listing;
    const struct kp_listing_function *function;
    const struct kp_text_options *options;
    int line_width;
    FILE *out;
};

struct kp_text_options kp_text_defaults(void)
{
    return (struct kp_text_options){.unit_s = KP_UNIT_DEFAULT};
}

static void measure(struct table *table)
{
    table->line_width = LINE_WIDTH;
    kp_columns_fit_none(&table->listing->columns);
    for (size_t i = 0; i < table->function->line_count; i++) {
        const struct kp_listing_line *line = &table->function->lines[i];
        int digits = snprintf(NULL, 0, "%lld", (long long)line->line);
        table->line_width = digits > table->line_width ? digits : table->line_width;
        kp_listing_fit(table->listing, table->function, line, table->options->unit_s);
    }
}

static void print_header(const struct table *table)
{
    const struct kp_columns *columns = &table->listing->columns;
    int length = fprintf(table->out, "%*s", table->line_width, "Line #");
    for (size_t c = 0; c < columns->count; c++)
        if (columns->at[c].visible)
            length += fprintf(table->out, " %*s", columns->at[c].width, columns->at[c].column->heading);
    length += fprintf(table->out, "  Line Contents");
    fputc('\n', table->out);
    while (length-- > 0)
        fputc('=', table->out);
    fputc('\n', table->out);
}

/* Tabs become blanks; control characters, which could drive a terminal, one blank each; UTF-8 passes. */
void kp_text_print_source_line(const struct kp_source *source, int64_t number, FILE *out)
{
    size_t length;
    const char *text = kp_source_line(source, number, &length);
    int column = 0;
    for (size_t i = 0; i < length; i++) {
        size_t plain = i;
        for (; i < length && !kp_is_control(text[i]); i++)
            column += (text[i] & 0xc0) != 0x80; /* not the second and later bytes of a character */
        fwrite(text + plain, 1, i - plain, out);
        if (i == length)
            break;
        int blanks = text[i] == '\t' ? TAB - column % TAB : 1;
        fprintf(out, "%*s", blanks, "");
        column += blanks;
    }
}

static const char *heat(const struct table *table, const struct kp_listing_line *line)
{
    static const struct {
        double percent;
        const char *start;
    } heats[] = {{20, "\033[1;31m"}, {5, "\033[33m"}};
    if (!table->options->color || !line || table->function->time_ns <= 0)
        return "";
    double percent = 100.0 * (double)kp_listing_number(line, KP_COLUMN_TIME) / (double)table->function->time_ns;
    for (size_t i = 0; i < sizeof heats / sizeof *heats; i++)
        if (percent >= heats[i].percent)
            return heats[i].start;
    return "";
}

/* `line` is NULL where there is no code. */
static void print_row(const struct table *table, size_t source, int64_t number, const struct kp_listing_line *line)
{
    char text[KP_VALUE_TEXT];
    const char *color = heat(table, line);
    fprintf(table->out, "%s%*lld", color, table->line_width, (long long)number);
    const struct kp_columns *columns = &table->listing->columns;
    for (size_t c = 0; c < columns->count; c++) {
        if (!columns->at[c].visible)
            continue;
        struct kp_value value = line ? kp_listing_value(table->listing, table->function, line, c) : kp_value_none();
        kp_units_cell(text, value, table->options->unit_s);
        fprintf(table->out, " %*s", columns->at[c].width, text);
    }
    fputs("  ", table->out);
    kp_text_print_source_line(&table->listing->sources[source], number, table->out);
    fprintf(table->out, "%s\n", *color ? "\033[0m" : "");
}

static bool inside(const struct kp_listing_function *function, const struct kp_listing_line *line)
{
    return line->source == function->source && line->line >= function->line && line->line <= function->last_line;
}

/* Every line from the function's first to its last. A damaged last line must not print for ever, so that beyond the
 * end of the source only lines with code are printed. */
static void print_body(const struct table *table)
{
    const struct kp_listing_function *function = table->function;
    const struct kp_source *source = &table->listing->sources[function->source];
    int64_t next = function->line;
    for (size_t i = 0; i < function->line_count; i++) {
        const struct kp_listing_line *line = &function->lines[i];
        if (!inside(function, line))
            continue;
        for (; next < line->line && (line->line - next < 65536 || (uint64_t)next <= source->line_count); next++)
            print_row(table, function->source, next, NULL);
        print_row(table, function->source, line->line, line);
        next = line->line + 1;
    }
    for (; next <= function->last_line && (uint64_t)next <= source->line_count; next++)
        print_row(table, function->source, next, NULL);
}

/* Code of the function that stands elsewhere: in an included file, or (a macro, a default member initializer) outside
 * of its own lines. Small gaps between them are shown too. */
static void print_elsewhere(const struct table *table)
{
    const struct kp_listing_function *function = table->function;
    const struct kp_listing_line *previous = NULL;
    for (size_t i = 0; i < function->line_count; i++) {
        const struct kp_listing_line *line = &function->lines[i];
        if (inside(function, line))
            continue;
        bool same_file = previous && previous->source == line->source;
        if (!same_file)
            fprintf(table->out, "File: %s\n", table->listing->sources[line->source].shown);
        if (same_file && line->line - previous->line <= GAP)
            for (int64_t gap = previous->line + 1; gap < line->line; gap++)
                if (line->source != function->source || gap < function->line || gap > function->last_line)
                    print_row(table, line->source, gap, NULL);
        print_row(table, line->source, line->line, line);
        previous = line;
    }
}

void kp_text_print_source_note(const struct kp_source *source, FILE *out)
{
    if (source->origin == KP_SOURCE_CHANGED)
        fprintf(out, "Note: %s changed since it was compiled; the lines shown may not be those that ran\n",
                source->shown);
    if (source->origin == KP_SOURCE_PARTS)
        fprintf(out, "Note: %s changed since it was compiled; the lines shown are those that were compiled\n",
                source->shown);
    if (source->origin == KP_SOURCE_DISK)
        fprintf(out, "Note: the profile holds no source text; %s is shown as it is now, and may have changed\n",
                source->shown);
    if (source->origin == KP_SOURCE_MISSING)
        fprintf(out, "Could not find file %s\nContinuing without the function's contents.\n", source->shown);
}

/* One note for each file that needs it; a function has few. */
static void print_source_notes(const struct kp_listing *listing, const struct kp_listing_function *function, FILE *out)
{
    size_t last = function->source;
    kp_text_print_source_note(&listing->sources[last], out);
    for (size_t i = 0; i < function->line_count; i++) {
        if (function->lines[i].source != last && function->lines[i].source != function->source)
            kp_text_print_source_note(&listing->sources[function->lines[i].source], out);
        last = function->lines[i].source;
    }
}

static void print_function(struct kp_listing *listing, const struct kp_listing_function *function,
                           const struct kp_text_options *options, FILE *out)
{
    struct table table = {.listing = listing, .function = function, .options = options, .out = out};
    char seconds[KP_VALUE_TEXT];
    kp_units_seconds(seconds, function->time_ns);
    print_source_notes(listing, function, out);
    fprintf(out, "Total time: %s s%s\n", seconds, listing->timed ? "" : " (no times were taken: --timing=off)");
    fprintf(out, "File: %s\n", listing->sources[function->source].shown);
    fprintf(out, "Function: %s at line %lld", function->name, (long long)function->line);
    if (function->instance)
        fprintf(out, " (instance %s)", function->instance);
    fputs("\n\n", out);
    measure(&table);
    print_header(&table);
    print_body(&table);
    print_elsewhere(&table);
    fputc('\n', out);
}

static void print_summary(const struct kp_listing *listing, FILE *out)
{
    char seconds[KP_VALUE_TEXT];
    for (size_t i = 0; i < listing->function_count; i++) {
        const struct kp_listing_function *function = &listing->functions[i];
        kp_units_summary_seconds(seconds, function->time_ns);
        fprintf(out, "%s seconds - %s:%lld - %s\n", seconds, listing->sources[function->source].shown,
                (long long)function->line, function->name);
    }
}

void kp_text_render(struct kp_listing *listing, const struct kp_text_options *options, FILE *out)
{
    char unit[KP_VALUE_TEXT];
    kp_units_unit(unit, options->unit_s);
    fprintf(out, "Timer unit: %s s\n", unit);
    if (listing->by_timers)
        fputs("Own time: sampled by CPU timers, as perf events are not allowed\n", out);
    fputc('\n', out);
    for (size_t i = 0; i < listing->function_count; i++)
        print_function(listing, &listing->functions[i], options, out);
    if (options->summary)
        print_summary(listing, out);
}
