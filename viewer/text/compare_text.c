/* A comparison as a table: functions by what they lost, each with the lines that changed. See compare_text.h. */
#include "viewer/text/compare_text.h"

#include <string.h>

#include "util/control.h"
#include "viewer/model/units.h"

struct table {
    const struct kp_compare *compare;
    double least_percent;
    bool all;
    double unit_s;
    FILE *out;
};

static void put_seconds(double time_ns, FILE *out)
{
    fprintf(out, "%.6g s", time_ns / 1e9);
}

/* "+12.3 %", or what there is to say where there was nothing before. */
static void put_percent(const struct kp_change *change, int width, FILE *out)
{
    char text[64] = "";
    if (change->old_ns > 0)
        snprintf(text, sizeof text, "%+.1f", 100 * (change->new_ns - change->old_ns) / change->old_ns);
    else if (change->new_ns > 0)
        snprintf(text, sizeof text, "new");
    fprintf(out, "%*s", width, text);
}

static void put_change(const struct table *table, const struct kp_change *change, enum kp_verdict verdict)
{
    put_seconds(change->old_ns, table->out);
    fputs(" -> ", table->out);
    put_seconds(change->new_ns, table->out);
    if (change->old_ns > 0) {
        fputs(" (", table->out);
        put_percent(change, 0, table->out);
        fputs(" %", table->out);
        if (table->compare->noise_known)
            fprintf(table->out, ", noise %.1f %%", 100 * change->noise_ns / change->old_ns);
        fputc(')', table->out);
    }
    fprintf(table->out, ": %s\n", kp_verdict_name(verdict));
}

static void put_side(const char *name, const struct kp_listing *listing, double total_ns, FILE *out)
{
    fprintf(out, "%s: ", name);
    put_seconds(total_ns, out);
    if (listing->profiles > 1)
        fprintf(out, " a run, mean of %lld", (long long)listing->profiles);
    fprintf(out, "%s\n", listing->timed ? "" : " (no times were taken: --timing=off)");
}

/* A count as one, a mean of several runs with a decimal where it has one. */
static void put_hits(double hits, bool known, FILE *out)
{
    char text[64] = "";
    if (known)
        snprintf(text, sizeof text, hits == (double)(int64_t)hits ? "%.0f" : "%.1f", hits);
    fprintf(out, " %11s", text);
}

static void put_cell(const struct table *table, double time_ns, bool known)
{
    char text[KP_VALUE_TEXT];
    kp_units_cell(text, known ? kp_value_time(time_ns) : kp_value_none(), table->unit_s);
    fprintf(table->out, " %11s", text);
}

static void put_number(int64_t number, FILE *out)
{
    char text[32] = "";
    if (number)
        snprintf(text, sizeof text, "%lld", (long long)number);
    fprintf(out, " %6s", text);
}

/* Control characters could drive a terminal. */
static void put_source(const struct table *table, const struct kp_compare_function *function,
                       const struct kp_compare_line *line)
{
    bool is_new = line->new_number != 0;
    size_t length;
    const char *text = kp_source_line(kp_compare_source(table->compare, function, line, is_new),
                                      is_new ? line->new_number : line->old_number, &length);
    fputs("  ", table->out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\t')
            fputs("    ", table->out);
        else
            fputc(kp_is_control(text[i]) ? ' ' : text[i], table->out);
    }
}

static void put_line(const struct table *table, const struct kp_compare_function *function,
                     const struct kp_compare_line *line, enum kp_verdict verdict)
{
    static const char marks[] = {
        [KP_SAME] = ' ', [KP_SLOWER] = '+', [KP_FASTER] = '-', [KP_ADDED] = '>', [KP_REMOVED] = '<'};
    bool old_timed = line->old && table->compare->old->timed;
    bool new_timed = line->new && table->compare->new->timed;
    fputc(marks[verdict], table->out);
    fputc(line->edited ? '~' : ' ', table->out);
    put_number(line->old_number, table->out);
    put_number(line->new_number, table->out);
    put_hits(line->old_hits, line->old != NULL, table->out);
    put_hits(line->new_hits, line->new != NULL, table->out);
    put_cell(table, line->time.old_ns, old_timed);
    put_cell(table, line->time.new_ns, new_timed);
    put_cell(table, line->time.new_ns - line->time.old_ns, old_timed || new_timed);
    put_percent(&line->time, 9, table->out);
    put_cell(table, line->time.noise_ns, table->compare->noise_known);
    put_source(table, function, line);
    fputc('\n', table->out);
}

/* Lines that came or went are shown where they matter as much as a change would. */
static bool line_shown(const struct table *table, const struct kp_compare_line *line, enum kp_verdict verdict)
{
    struct kp_change change = line->time;
    if (!kp_compare_has_code(line))
        return false;
    if (table->all || verdict == KP_SLOWER || verdict == KP_FASTER)
        return true;
    if (verdict == KP_SAME)
        return line->old_hits != line->new_hits && !(table->compare->old->timed && table->compare->new->timed);
    return kp_compare_verdict(table->compare, &change, table->least_percent) != KP_SAME;
}

static void put_lines(const struct table *table, const struct kp_compare_function *function)
{
    bool head = false;
    for (size_t i = 0; i < function->line_count; i++) {
        const struct kp_compare_line *line = &function->lines[i];
        enum kp_verdict verdict = kp_compare_line_verdict(table->compare, line, table->least_percent);
        if (!line_shown(table, line, verdict))
            continue;
        if (!head) {
            int length = fprintf(table->out, "\n   Old #  New #    Old Hits    New Hits    Old Time    New Time      "
                                             "Change        %%       Noise  Line Contents\n");
            for (; length > 2; length--)
                fputc('=', table->out);
            fputc('\n', table->out);
        }
        head = true;
        put_line(table, function, line, verdict);
    }
}

/* "b.c:4, was old in a.c:9": only what changed is said twice. */
static void put_place(const struct table *table, const struct kp_compare_function *function)
{
    const struct kp_listing_function *old = function->old;
    const struct kp_listing_function *new = function->new;
    const struct kp_listing_function *shown = new ? new : old;
    const struct kp_listing *listing = new ? table->compare->new : table->compare->old;
    fprintf(table->out, "Function: %s at %s:%lld", shown->name, listing->sources[shown->source].shown,
            (long long)shown->line);
    if (old && new) {
        const char *path = table->compare->old->sources[old->source].path;
        if (strcmp(old->name, new->name) != 0)
            fprintf(table->out, ", was %s", old->name);
        if (strcmp(path, table->compare->new->sources[new->source].path) != 0)
            fprintf(table->out, ", was in %s", table->compare->old->sources[old->source].shown);
        if (old->line != new->line)
            fprintf(table->out, ", was at line %lld", (long long)old->line);
    }
    fputc('\n', table->out);
}

static bool has_shown_lines(const struct table *table, const struct kp_compare_function *function)
{
    for (size_t i = 0; i < function->line_count; i++)
        if (line_shown(table, &function->lines[i],
                       kp_compare_line_verdict(table->compare, &function->lines[i], table->least_percent)))
            return true;
    return false;
}

/* Functions that came or went are shown where they took time. */
static bool function_shown(const struct table *table, const struct kp_compare_function *function,
                           enum kp_verdict verdict)
{
    if (table->all || verdict == KP_SLOWER || verdict == KP_FASTER || verdict == KP_UNMEASURED)
        return true;
    if (verdict == KP_SAME)
        return has_shown_lines(table, function);
    return kp_compare_verdict(table->compare, &function->time, table->least_percent) != KP_SAME;
}

void kp_compare_text(const struct kp_compare *compare, double least_percent, bool all, double unit_s, FILE *out)
{
    struct table table = {compare, least_percent, all, unit_s, out};
    size_t hidden = 0;
    char unit[KP_VALUE_TEXT];
    kp_units_unit(unit, unit_s);
    fprintf(out, "Timer unit: %s s\n\n", unit);
    put_side("Old", compare->old, compare->total.old_ns, out);
    put_side("New", compare->new, compare->total.new_ns, out);
    fputs("Total: ", out);
    put_change(&table, &compare->total, kp_compare_verdict(compare, &compare->total, least_percent));
    if (!compare->noise_known)
        fputs("Noise: unknown with one run on each side; merge several (`kernprof merge`)\n", out);
    for (size_t i = 0; i < compare->function_count; i++) {
        const struct kp_compare_function *function = &compare->functions[i];
        enum kp_verdict verdict = kp_compare_function_verdict(compare, function, least_percent);
        if (!function_shown(&table, function, verdict)) {
            hidden++;
            continue;
        }
        fputc('\n', out);
        put_place(&table, function);
        fputs("Time: ", out);
        put_change(&table, &function->time, verdict);
        put_lines(&table, function);
    }
    if (hidden)
        fprintf(out, "\n%zu function%s without a change%s\n", hidden, hidden == 1 ? "" : "s",
                all ? "" : " worth showing (--all shows everything)");
}
