/* See format.h. */
#include "viewer/text/format.h"

#include <string.h>

#include "viewer/model/units.h"

const struct kp_format kp_formats[] = {
    {"gcc", "a message per line, as compilers print them, hottest first: for editors", kp_format_gcc},
    {"markdown", "a summary for a pull request", kp_format_markdown},
    {"sarif", "the hot lines as SARIF 2.1.0, for code scanning", kp_format_sarif},
    {NULL, NULL, NULL},
};

const struct kp_format *kp_format_find(const char *name, struct kp_error *error)
{
    for (const struct kp_format *format = kp_formats; format->name; format++)
        if (strcmp(format->name, name) == 0)
            return format;
    kp_fail(error, "--format: unknown format '%s'; there are: gcc, markdown, sarif", name);
    return NULL;
}

void kp_format_figures(const struct kp_listing *listing, const struct kp_listing_function *function,
                       const struct kp_listing_line *line, FILE *out)
{
    char text[KP_VALUE_TEXT];
    int64_t hits = kp_listing_number(line, KP_COLUMN_HITS);
    int64_t time_ns = kp_listing_number(line, KP_COLUMN_TIME);
    if (listing->timed) {
        kp_units_cell(text, kp_value_percent((double)time_ns, (double)function->time_ns), KP_UNIT_DEFAULT);
        fprintf(out, "%s %% ", *text ? text : "0.0");
        kp_units_seconds(text, time_ns);
        fprintf(out, "%s s ", text);
    }
    kp_units_cell(text, kp_value_count(hits), KP_UNIT_DEFAULT);
    fprintf(out, "%s %s", text, hits == 1 ? "hit" : "hits");
}
