/* See compare.h. */
#include "viewer/model/compare.h"

#include <stdlib.h>
#include <string.h>

#include "util/line_diff.h"
#include "viewer/model/function_match.h"
#include "viewer/model/noise.h"

bool kp_compare_has_code(const struct kp_compare_line *line)
{
    return line->old || line->new;
}

const struct kp_source *kp_compare_source(const struct kp_compare *compare, const struct kp_compare_function *function,
                                          const struct kp_compare_line *line, bool new_side)
{
    const struct kp_listing *listing = new_side ? compare->new : compare->old;
    const struct kp_listing_function *shown = new_side ? function->new : function->old;
    const struct kp_listing_line *code = new_side ? line->new : line->old;
    return &listing->sources[code ? code->source : shown->source];
}

static double per_run(int64_t value, const struct kp_listing *listing)
{
    return (double)value / (double)listing->profiles;
}

/* `line` may be NULL. */
static double per_run_of_line(const struct kp_listing_line *line, enum kp_column_id column,
                              const struct kp_listing *listing)
{
    return line ? per_run(kp_listing_number(line, column), listing) : 0;
}

static struct kp_spread spread_of_line(const struct kp_listing_line *line, const struct kp_listing *listing)
{
    if (!line)
        return (struct kp_spread){.profiles = listing->profiles};
    return (struct kp_spread){listing->profiles, kp_listing_number(line, KP_COLUMN_ERROR),
                              kp_listing_number(line, KP_COLUMN_RANK_MIN), kp_listing_number(line, KP_COLUMN_RANK_MAX)};
}

static struct kp_spread spread_of_function(const struct kp_listing_function *function, const struct kp_listing *listing)
{
    struct kp_spread spread = {.profiles = listing->profiles};
    if (!function)
        return spread;
    spread.least_ns = function->least_ns;
    spread.most_ns = function->most_ns;
    for (size_t i = 0; i < function->line_count; i++)
        spread.error_ns += kp_listing_number(&function->lines[i], KP_COLUMN_ERROR);
    return spread;
}

static void add_line(const struct kp_compare *compare, struct kp_compare_function *function,
                     const struct kp_body_row *old, const struct kp_body_row *new, bool edited)
{
    const struct kp_listing_line *old_line = old ? old->line : NULL;
    const struct kp_listing_line *new_line = new ? new->line : NULL;
    struct kp_spread old_spread = spread_of_line(old_line, compare->old);
    struct kp_spread new_spread = spread_of_line(new_line, compare->new);
    function->lines[function->line_count++] = (struct kp_compare_line){
        .old = old_line,
        .new = new_line,
        .old_number = old ? old->number : 0,
        .new_number = new ? new->number : 0,
        .edited = edited,
        .time = {.old_ns = per_run_of_line(old_line, KP_COLUMN_TIME, compare->old),
                 .new_ns = per_run_of_line(new_line, KP_COLUMN_TIME, compare->new),
                 .noise_ns = kp_noise(&old_spread, &new_spread)},
        .old_hits = per_run_of_line(old_line, KP_COLUMN_HITS, compare->old),
        .new_hits = per_run_of_line(new_line, KP_COLUMN_HITS, compare->new),
    };
}

/* Between two matches: lines that went and lines that came. As many of each: they are the same ones, edited. */
static void add_gap(const struct kp_compare *compare, struct kp_compare_function *function,
                    const struct kp_body_row *old, size_t old_count, const struct kp_body_row *new, size_t new_count)
{
    if (old_count == new_count) {
        for (size_t i = 0; i < old_count; i++)
            add_line(compare, function, &old[i], &new[i], true);
        return;
    }
    for (size_t i = 0; i < old_count; i++)
        add_line(compare, function, &old[i], NULL, false);
    for (size_t i = 0; i < new_count; i++)
        add_line(compare, function, NULL, &new[i], false);
}

static int match_lines(const struct kp_compare *compare, struct kp_matching *matching,
                       struct kp_compare_function *function)
{
    struct kp_body old = {0};
    struct kp_body new = {0};
    bool by_place = (function->old && !kp_body_has_text(compare->old, function->old)) ||
                    (function->new && !kp_body_has_text(compare->new, function->new));
    int status = function->old ? kp_body_make(matching, compare->old, function->old, by_place, &old) : 0;
    if (status == 0 && function->new)
        status = kp_body_make(matching, compare->new, function->new, by_place, &new);
    size_t *match = calloc(old.count + 1, sizeof *match);
    function->lines = calloc(old.count + new.count + 1, sizeof *function->lines);
    if (!match || !function->lines)
        status = -1;
    if (status == 0)
        status = kp_line_diff(old.tokens, old.count, new.tokens, new.count, match);
    size_t next_old = 0;
    size_t next_new = 0;
    for (size_t i = 0; i <= old.count && status == 0; i++) {
        size_t to = i < old.count ? match[i] : new.count;
        if (to == KP_LINE_DIFF_NONE)
            continue;
        add_gap(compare, function, old.rows + next_old, i - next_old, new.rows + next_new, to - next_new);
        if (i < old.count)
            add_line(compare, function, &old.rows[i], &new.rows[to], false);
        next_old = i + 1;
        next_new = to + 1;
    }
    free(match);
    kp_body_free(&old);
    kp_body_free(&new);
    return status;
}

static int add_function(struct kp_compare *compare, struct kp_matching *matching, const struct kp_listing_function *old,
                        const struct kp_listing_function *new)
{
    struct kp_compare_function *function = &compare->functions[compare->function_count++];
    struct kp_spread old_spread = spread_of_function(old, compare->old);
    struct kp_spread new_spread = spread_of_function(new, compare->new);
    *function = (struct kp_compare_function){
        .old = old,
        .new = new,
        .time = {.old_ns = old ? per_run(old->time_ns, compare->old) : 0,
                 .new_ns = new ? per_run(new->time_ns, compare->new) : 0,
                 .noise_ns = kp_noise(&old_spread, &new_spread)},
    };
    return match_lines(compare, matching, function);
}

static int add_functions(struct kp_compare *compare, struct kp_matching *matching)
{
    size_t count = compare->old->function_count + compare->new->function_count;
    compare->functions = calloc(count + 1, sizeof *compare->functions);
    int status = compare->functions ? 0 : -1;
    for (size_t i = 0; i < compare->old->function_count && status == 0; i++) {
        size_t new = matching->new_of_old[i];
        status = add_function(compare, matching, &compare->old->functions[i],
                              new == SIZE_MAX ? NULL : &compare->new->functions[new]);
    }
    for (size_t i = 0; i < compare->new->function_count &&status == 0; i++)
        if (matching->old_of_new[i] == SIZE_MAX)
            status = add_function(compare, matching, NULL, &compare->new->functions[i]);
    return status;
}

static int by_change(const void *left, const void *right)
{
    const struct kp_compare_function *a = left;
    const struct kp_compare_function *b = right;
    double lost = a->time.new_ns - a->time.old_ns;
    double other = b->time.new_ns - b->time.old_ns;
    if (lost != other)
        return lost > other ? -1 : 1;
    int order = strcmp(a->new ? a->new->name : a->old->name, b->new ? b->new->name : b->old->name);
    return order ? order : (a->new ? a->new->line : a->old->line) > (b->new ? b->new->line : b->old->line) ? 1 : -1;
}

/* Own time, which adds up; a function without lines has all of its time, at least as large. */
static double total_of(const struct kp_listing *listing, struct kp_spread *spread)
{
    double total = 0;
    *spread = (struct kp_spread){.profiles = listing->profiles};
    for (size_t i = 0; i < listing->function_count; i++) {
        const struct kp_listing_function *function = &listing->functions[i];
        for (size_t l = 0; l < function->line_count; l++) {
            total += (double)kp_listing_number(&function->lines[l], KP_COLUMN_SELF);
            spread->error_ns += kp_listing_number(&function->lines[l], KP_COLUMN_ERROR);
        }
    }
    for (size_t i = 0; i < listing->function_count; i++) {
        const struct kp_listing_function *function = &listing->functions[i];
        if (spread->most_ns < function->most_ns) { /* of the function that holds the others, most likely */
            spread->most_ns = function->most_ns;
            spread->least_ns = function->least_ns;
        }
        if ((double)function->time_ns > total)
            total = (double)function->time_ns;
    }
    return total / (double)listing->profiles;
}

/* Noise is known where several runs were merged, and where a time was sampled. */
static bool is_noise_known(const struct kp_compare *compare)
{
    bool known = compare->old->profiles > 1 || compare->new->profiles > 1;
    for (size_t i = 0; i < compare->function_count; i++)
        for (size_t l = 0; l < compare->functions[i].line_count && !known; l++) {
            const struct kp_compare_line *line = &compare->functions[i].lines[l];
            known = (line->old && kp_listing_number(line->old, KP_COLUMN_ERROR) > 0) ||
                    (line->new &&kp_listing_number(line->new, KP_COLUMN_ERROR) > 0);
        }
    return known;
}

static struct kp_change total_change(const struct kp_listing *old, const struct kp_listing *new)
{
    struct kp_spread old_spread;
    struct kp_spread new_spread;
    struct kp_change total = {.old_ns = total_of(old, &old_spread), .new_ns = total_of(new, &new_spread)};
    total.noise_ns = kp_noise(&old_spread, &new_spread);
    return total;
}

int kp_compare_build(struct kp_compare *compare, const struct kp_listing *old, const struct kp_listing *new,
                     struct kp_error *error)
{
    *compare = (struct kp_compare){.old = old, .new = new};
    struct kp_matching matching;
    int status = kp_match_functions(&matching, old, new);
    if (status == 0) {
        status = add_functions(compare, &matching);
        kp_matching_free(&matching);
    }
    if (status != 0) {
        kp_compare_free(compare);
        return kp_fail(error, "diff: out of memory");
    }
    compare->total = total_change(old, new);
    compare->noise_known = is_noise_known(compare);
    if (compare->function_count)
        qsort(compare->functions, compare->function_count, sizeof *compare->functions, by_change);
    return 0;
}

void kp_compare_free(struct kp_compare *compare)
{
    for (size_t i = 0; i < compare->function_count; i++)
        free(compare->functions[i].lines);
    free(compare->functions);
    *compare = (struct kp_compare){0};
}
