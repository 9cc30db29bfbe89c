/* What formats say of a line (see format.h). */
#include "viewer/text/format.h"

#include "viewer/model/units.h"

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
