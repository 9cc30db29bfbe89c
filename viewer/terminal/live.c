/* See live.h. */
#include "viewer/terminal/live.h"

#include <stdlib.h>
#include <string.h>

#include "format/profile.h"
#include "util/control.h"
#include "util/now.h"
#include "viewer/model/hot_lines.h"
#include "viewer/model/call_graph.h"
#include "viewer/model/listing_load.h"
#include "viewer/text/summary.h"
#include "viewer/text/text.h"

enum { PERCENT_WIDTH = 6, NUMBER_WIDTH = 12 };

/* Of the run, what the calls on a line take at least to be among the first. */
#define LEAST_SHARE 0.01

/* Of the processes that have counted. */
struct runs {
    int64_t processes;
    double seconds; /* since the first began */
    bool sampled;   /* own time is known */
};

static int load_runs(sqlite3 *profile, struct runs *runs, char *command, size_t size, struct kp_error *error)
{
    sqlite3_stmt *statement = kp_profile_prepare(
        profile, "SELECT COUNT(*), MIN(start), MAX(sampler <> '' OR timing = 'exact'), command FROM runs", error);
    if (!statement)
        return -1;
    *runs = (struct runs){0};
    command[0] = '\0';
    if (sqlite3_step(statement) == SQLITE_ROW && (runs->processes = sqlite3_column_int64(statement, 0)) > 0) {
        const char *text = (const char *)sqlite3_column_text(statement, 3); /* of the row with the least start */
        runs->seconds = kp_now_s(CLOCK_REALTIME) - sqlite3_column_double(statement, 1);
        runs->sampled = sqlite3_column_int(statement, 2) != 0;
        snprintf(command, size, "%s", text ? text : "");
    }
    sqlite3_finalize(statement);
    return 0;
}

/* A command may hold anything, and must not drive the terminal. */
static void print_head(const struct runs *runs, const char *command, FILE *out)
{
    for (const char *c = command; *c; c++)
        fputc(kp_is_control(*c) ? ' ' : *c, out);
    fprintf(out, ": %.1f s, %lld process%s%s\n", runs->seconds > 0 ? runs->seconds : 0, (long long)runs->processes,
            runs->processes == 1 ? "" : "es", runs->sampled ? "" : ", hits and times of calls (no samples)");
}

static void print_cell(struct kp_value value, int width, FILE *out)
{
    char text[KP_VALUE_TEXT];
    kp_units_cell(text, value, KP_UNIT_DEFAULT);
    fprintf(out, "%*s ", width, text);
}

static int place_width(const struct kp_listing *listing, const struct kp_hot_line *hot)
{
    return snprintf(NULL, 0, "%s:%lld %s", listing->sources[hot->line->source].shown, (long long)hot->line->line,
                    hot->function->name);
}

/* Without the blanks at its beginning, as it stands beside lines of other functions. */
static void print_source(const struct kp_source *source, int64_t number, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return;
    kp_text_print_source_line(source, number, memory);
    if (fclose(memory) == 0)
        fputs(text + strspn(text, " "), out);
    free(text);
}

static void print_hot_line(const struct kp_listing *listing, const struct kp_hot_line *hot, double whole_ns, int width,
                           FILE *out)
{
    const struct kp_listing_line *line = hot->line;
    double self_ns = (double)kp_listing_number(line, KP_COLUMN_SELF);
    double time_ns = (double)kp_listing_number(line, KP_COLUMN_TIME);
    print_cell(kp_value_percent(self_ns, whole_ns), PERCENT_WIDTH, out);
    print_cell(kp_value_count(kp_listing_number(line, KP_COLUMN_HITS)), NUMBER_WIDTH, out);
    print_cell(listing->timed ? kp_value_time(self_ns) : kp_value_none(), NUMBER_WIDTH, out);
    print_cell(listing->timed ? kp_value_time(time_ns) : kp_value_none(), NUMBER_WIDTH, out);
    int length =
        fprintf(out, " %s:%lld %s", listing->sources[line->source].shown, (long long)line->line, hot->function->name);
    fprintf(out, "%*s", width + 3 - length, "");
    print_source(&listing->sources[line->source], line->line, out);
    fputc('\n', out);
}

static int print_hot_lines(const struct kp_listing *listing, const struct runs *runs, size_t limit, FILE *out,
                           struct kp_error *error)
{
    size_t count;
    /* Without samples a line that computes has hits alone: it must not stand behind every short call. */
    int64_t least_ns = runs->sampled ? 0 : (int64_t)(runs->seconds * 1e9 * LEAST_SHARE);
    struct kp_hot_line *lines = kp_hot_lines(listing, least_ns, &count, error);
    if (!lines)
        return -1;
    double whole_ns = 0;
    for (size_t i = 0; i < count && runs->sampled; i++)
        whole_ns += (double)kp_listing_number(lines[i].line, KP_COLUMN_SELF);
    count = limit && limit < count ? limit : count;
    int width = 0;
    for (size_t i = 0; i < count; i++) {
        int length = place_width(listing, &lines[i]);
        width = length > width ? length : width;
    }
    fprintf(out, "%*s %*s %*s %*s  %-*s  Line Contents\n", PERCENT_WIDTH, "% Own", NUMBER_WIDTH, "Hits", NUMBER_WIDTH,
            "Own (us)", NUMBER_WIDTH, "Time (us)", width, "Line");
    for (size_t i = 0; i < count; i++)
        print_hot_line(listing, &lines[i], whole_ns, width, out);
    free(lines);
    return 0;
}

static int print_lines(sqlite3 *profile, const struct runs *runs, const struct kp_live_options *options, FILE *out,
                       struct kp_error *error)
{
    struct kp_listing listing;
    if (kp_listing_load(&listing, profile, &options->filter, error) != 0)
        return -1;
    int result = 0;
    if (options->filter.function_count) {
        struct kp_text_options text = kp_text_defaults();
        kp_text_render(&listing, &text, out);
    } else {
        result = print_hot_lines(&listing, runs, options->limit, out, error);
    }
    kp_listing_free(&listing);
    return result;
}

static int print_functions(sqlite3 *profile, const struct kp_live_options *options, FILE *out, struct kp_error *error)
{
    if (options->filter.function_count)
        return kp_fail(error, "--function: the run is by function and has no lines; run it with kernprof -l");
    struct kp_call_graph model;
    struct kp_summary_options summary = {.limit = options->limit};
    if (kp_call_graph_load(&model, profile, error) != 0)
        return -1;
    int result = kp_summary_render(&model, &summary, out, error);
    kp_call_graph_free(&model);
    return result;
}

int kp_live_render(sqlite3 *profile, const struct kp_live_options *options, FILE *out, struct kp_error *error)
{
    struct runs runs;
    char command[4096];
    if (load_runs(profile, &runs, command, sizeof command, error) != 0)
        return -1;
    if (runs.processes == 0) {
        fputs("nothing has been counted yet\n", out);
        return 1;
    }
    print_head(&runs, command, out);
    return kp_profile_is_kind(profile, "functions") ? print_functions(profile, options, out, error)
                                                    : print_lines(profile, &runs, options, out, error);
}
