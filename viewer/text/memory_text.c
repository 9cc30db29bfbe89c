/* See memory_text.h. The template is memory_profiler's `{:>6} {:>12} {:>12}  {:>10}   {:<}`. */
#include "viewer/text/memory_text.h"

#include <string.h>

#include "viewer/text/text.h"

enum { LINE_WIDTH = 6, MEMORY_WIDTH = 12, OCCURRENCES_WIDTH = 10, COLUMN_WIDTH = 11 };

#define BYTES_PER_MIB 1048576.0

struct kp_memory_text_options kp_memory_text_defaults(const struct kp_columns *columns)
{
    return (struct kp_memory_text_options){.columns = columns, .precision = 3};
}

struct table {
    const struct kp_memory_listing *listing;
    const struct kp_memory_function *function;
    const struct kp_memory_text_options *options;
    FILE *out;
};

static bool is_shown(const struct kp_shown_column *shown)
{
    return shown->visible && shown->column->group == KP_GROUP_MEMORY;
}

static void format_memory(char text[64], const struct table *table, int64_t bytes)
{
    snprintf(text, 64, "%*.*f MiB", table->options->precision + 4, table->options->precision,
             (double)bytes / BYTES_PER_MIB);
}

/* `row` is NULL where there is no code. */
static void print_row(const struct table *table, size_t source, int64_t number, const struct kp_memory_row *row)
{
    const struct kp_columns *columns = table->options->columns;
    char usage[64] = "", increment[64] = "", count[32] = "";
    if (row) {
        format_memory(usage, table, row->usage_bytes);
        format_memory(increment, table, row->increment_bytes);
        snprintf(count, sizeof count, "%lld", (long long)row->occurrences);
    }
    fprintf(table->out, "%*lld %*s %*s  %*s", LINE_WIDTH, (long long)number, MEMORY_WIDTH, usage, MEMORY_WIDTH,
            increment, OCCURRENCES_WIDTH, count);
    for (size_t i = 0; i < columns->count; i++) {
        char text[32] = "";
        if (!is_shown(&columns->at[i]))
            continue;
        if (row)
            snprintf(text, sizeof text, "%lld", (long long)row->stored[i]);
        fprintf(table->out, " %*s", COLUMN_WIDTH, text);
    }
    fputs("   ", table->out);
    kp_text_print_source_line(&table->listing->sources[source], number, table->out);
    fputc('\n', table->out);
}

static void print_header(const struct table *table)
{
    const struct kp_columns *columns = table->options->columns;
    int length = fprintf(table->out, "%*s %*s %*s  %*s", LINE_WIDTH, "Line #", MEMORY_WIDTH, "Mem usage", MEMORY_WIDTH,
                         "Increment", OCCURRENCES_WIDTH, "Occurrences");
    int width = COLUMN_WIDTH - 1; /* of the first: "Occurrences" is one wider than its column */
    for (size_t i = 0; i < columns->count; i++)
        if (is_shown(&columns->at[i])) {
            length += fprintf(table->out, " %*s", width, columns->at[i].column->heading);
            width = COLUMN_WIDTH;
        }
    length += fprintf(table->out, "   Line Contents");
    fputc('\n', table->out);
    while (length-- > 0)
        fputc('=', table->out);
    fputc('\n', table->out);
}

static bool inside(const struct kp_memory_function *function, const struct kp_memory_row *row)
{
    return row->source == function->source && row->line >= function->line && row->line <= function->last_line;
}

/* Every line from the function's first to its last that the source has. */
static void print_body(const struct table *table)
{
    const struct kp_memory_function *function = table->function;
    const struct kp_source *source = &table->listing->sources[function->source];
    int64_t next = function->line;
    for (size_t i = 0; i < function->row_count; i++) {
        const struct kp_memory_row *row = &function->rows[i];
        if (!inside(function, row))
            continue;
        for (; next < row->line && (uint64_t)next <= source->line_count; next++)
            print_row(table, function->source, next, NULL);
        print_row(table, function->source, row->line, row);
        next = row->line + 1;
    }
    for (; next <= function->last_line && (uint64_t)next <= source->line_count; next++)
        print_row(table, function->source, next, NULL);
}

/* Code of the function that stands elsewhere: in included files, macros. */
static void print_elsewhere(const struct table *table)
{
    const struct kp_memory_row *previous = NULL;
    for (size_t i = 0; i < table->function->row_count; i++) {
        const struct kp_memory_row *row = &table->function->rows[i];
        if (inside(table->function, row))
            continue;
        if (!previous || previous->source != row->source)
            fprintf(table->out, "Filename: %s\n", table->listing->sources[row->source].shown);
        print_row(table, row->source, row->line, row);
        previous = row;
    }
}

void kp_memory_text_render(const struct kp_memory_listing *listing, const struct kp_memory_text_options *options,
                           FILE *out)
{
    for (size_t i = 0; i < listing->function_count; i++) {
        struct table table = {listing, &listing->functions[i], options, out};
        const struct kp_source *source = &listing->sources[table.function->source];
        kp_text_print_source_note(source, out);
        fprintf(out, "Filename: %s\n\n", source->shown);
        print_header(&table);
        print_body(&table);
        print_elsewhere(&table);
        fputs("\n\n", out);
    }
}

int kp_memory_text_show(sqlite3 *profile, const struct kp_memory_text_options *options, FILE *out,
                        struct kp_error *error)
{
    struct kp_memory_listing listing;
    if (kp_memory_listing_load(&listing, profile, error) != 0)
        return -1;
    kp_memory_text_render(&listing, options, out);
    kp_memory_listing_free(&listing);
    return 0;
}
