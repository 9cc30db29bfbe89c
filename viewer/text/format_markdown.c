/* A summary in GitHub-flavoured Markdown: the hottest functions and lines, as tables. */
#include "viewer/text/format.h"

#include <ctype.h>
#include <stdlib.h>

#include "util/control.h"
#include "viewer/model/hot_lines.h"
#include "viewer/model/units.h"

enum { FUNCTIONS = 10, LINES = 20 };

/* Punctuation becomes a character reference: names like `operator|`, `a<b>` or `@someone` are text in any place. */
static void print_text(const char *text, size_t length, FILE *out)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (kp_is_control(text[i]))
            fputc(' ', out);
        else if (ispunct(c) && c < 0x80 && c != '.' && c != ',' && c != '/' && c != '-')
            fprintf(out, "&#%d;", c);
        else
            fputc(c, out);
    }
}

static void print_string(const char *text, FILE *out)
{
    size_t length = 0;
    while (text[length])
        length++;
    print_text(text, length, out);
}

static int compare_time(const void *left, const void *right)
{
    const struct kp_listing_function *a = *(const struct kp_listing_function *const *)left;
    const struct kp_listing_function *b = *(const struct kp_listing_function *const *)right;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? 1 : -1;
    if (a->hits != b->hits)
        return a->hits < b->hits ? 1 : -1;
    return a < b ? -1 : a > b;
}

static int print_functions(const struct kp_listing *listing, FILE *out, struct kp_error *error)
{
    size_t count = listing->function_count;
    const struct kp_listing_function **sorted = calloc(count + 1, sizeof(*sorted));
    if (!sorted)
        return kp_fail(error, "view: out of memory");
    for (size_t i = 0; i < count; i++)
        sorted[i] = &listing->functions[i];
    qsort(sorted, count, sizeof *sorted, compare_time);
    fputs("| Function | Where | Time (s) |\n| --- | --- | ---: |\n", out);
    for (size_t i = 0; i < count && i < FUNCTIONS; i++) {
        char seconds[KP_VALUE_TEXT] = "";
        if (listing->timed)
            kp_units_seconds(seconds, sorted[i]->time_ns);
        fputs("| ", out);
        print_string(sorted[i]->name, out);
        fputs(" | ", out);
        print_string(listing->sources[sorted[i]->source].shown, out);
        fprintf(out, ":%lld | %s |\n", (long long)sorted[i]->line, seconds);
    }
    free(sorted);
    return 0;
}

static void print_line(const struct kp_listing *listing, const struct kp_hot_line *hot, FILE *out)
{
    const struct kp_source *source = &listing->sources[hot->line->source];
    size_t length;
    const char *text = kp_source_line(source, hot->line->line, &length);
    while (length > 0 && isspace((unsigned char)*text)) {
        text++;
        length--;
    }
    fputs("| ", out);
    print_string(source->shown, out);
    fprintf(out, ":%lld | ", (long long)hot->line->line);
    kp_format_figures(listing, hot->function, hot->line, out);
    fputs(" | <code>", out);
    print_text(text, length, out);
    fputs("</code> |\n", out);
}

int kp_format_markdown(const struct kp_listing *listing, FILE *out, struct kp_error *error)
{
    size_t count;
    struct kp_hot_line *lines = kp_hot_lines(listing, 0, &count, error);
    if (!lines)
        return -1;
    fputs("### Profile\n\n", out);
    int status = print_functions(listing, out, error);
    fputs("\n| Line | % of its function, time, hits | Source |\n| --- | --- | --- |\n", out);
    for (size_t i = 0; status == 0 && i < count && i < LINES; i++)
        print_line(listing, &lines[i], out);
    free(lines);
    return status;
}
