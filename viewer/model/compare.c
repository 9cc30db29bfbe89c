/* See compare.h. */
#include "viewer/model/compare.h"

#include <stdlib.h>
#include <string.h>

#include "util/index.h"
#include "util/line_diff.h"
#include "viewer/model/noise.h"

/* Functions without a counterpart that are held against each other by their text: at most so many on each side. */
enum { UNMATCHED_MAX = 300 };

/* A line of a function as a text diff sees it. */
struct row {
    const struct kp_listing_line *line; /* NULL: no code */
    int64_t number;
};

/* One side of a function: its lines, with or without code, then its code elsewhere. */
struct body {
    struct row *rows;
    uint32_t *tokens; /* equal where the texts are */
    size_t count;
};

struct builder {
    struct kp_compare *compare;
    struct kp_index texts;
    size_t *new_of_old; /* functions; SIZE_MAX: none */
    size_t *old_of_new;
    bool by_place; /* of the two functions at hand one has no text */
};

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

/* Is the text known as it was compiled? What lies on the disk now may be the other version. */
static bool has_text(const struct kp_listing *listing, const struct kp_listing_function *function)
{
    enum kp_source_origin origin = listing->sources[function->source].origin;
    return origin == KP_SOURCE_EMBEDDED || origin == KP_SOURCE_PARTS;
}

/* The text without the blanks around it, so that indenting is no edit; or else the place in the function. */
static uint32_t token_of(struct builder *builder, const struct kp_source *source, int64_t number, int64_t offset)
{
    if (builder->by_place)
        return kp_index_add(&builder->texts, &offset, sizeof offset);
    size_t length;
    const char *text = kp_source_line(source, number, &length);
    while (length > 0 && strchr(" \t", *text)) {
        text++;
        length--;
    }
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    return kp_index_add(&builder->texts, text, length);
}

static void free_body(struct body *body)
{
    free(body->rows);
    free(body->tokens);
}

static int add_row(struct builder *builder, struct body *body, const struct kp_source *source, struct row row,
                   int64_t offset)
{
    uint32_t token = token_of(builder, source, row.number, offset);
    body->tokens[body->count] = token;
    body->rows[body->count++] = row;
    return token == KP_INDEX_NONE ? -1 : 0;
}

static bool inside(const struct kp_listing_function *function, const struct kp_listing_line *line)
{
    return line->source == function->source && line->line >= function->line && line->line <= function->last_line;
}

static int make_body(struct builder *builder, const struct kp_listing *listing,
                     const struct kp_listing_function *function, struct body *body)
{
    const struct kp_source *source = &listing->sources[function->source];
    /* A damaged last line must not make us ask for all memory. */
    int64_t last = function->last_line;
    if ((uint64_t)last > source->line_count)
        last = (int64_t)source->line_count; /* lines behind it are taken below, as those elsewhere */
    size_t own = last >= function->line ? (size_t)(last - function->line) + 1 : 0;
    size_t room = own + function->line_count + 1;
    *body = (struct body){.rows = calloc(room, sizeof *body->rows), .tokens = calloc(room, sizeof *body->tokens)};
    int status = body->rows && body->tokens ? 0 : -1;
    size_t next = 0; /* lines come with those inside first, ascending; but be sure */
    for (int64_t number = function->line; number <= last && status == 0; number++) {
        const struct kp_listing_line *line = NULL;
        while (next < function->line_count &&
               (!inside(function, &function->lines[next]) || function->lines[next].line < number))
            next++;
        if (next < function->line_count && function->lines[next].line == number)
            line = &function->lines[next];
        status = add_row(builder, body, source, (struct row){line, number}, number - function->line);
    }
    for (size_t i = 0; i < function->line_count && status == 0; i++) {
        const struct kp_listing_line *line = &function->lines[i];
        if (!inside(function, line) || line->line > last)
            status = add_row(builder, body, &listing->sources[line->source], (struct row){line, line->line},
                             line->line - function->line);
    }
    return status;
}

static void add_line(const struct kp_compare *compare, struct kp_compare_function *function, const struct row *old,
                     const struct row *new, bool edited)
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
static void add_gap(const struct kp_compare *compare, struct kp_compare_function *function, const struct row *old,
                    size_t old_count, const struct row *new, size_t new_count)
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

static int match_lines(struct builder *builder, struct kp_compare_function *function)
{
    const struct kp_compare *compare = builder->compare;
    struct body old = {0};
    struct body new = {0};
    builder->by_place = (function->old && !has_text(compare->old, function->old)) ||
                        (function->new && !has_text(compare->new, function->new));
    int status = function->old ? make_body(builder, compare->old, function->old, &old) : 0;
    if (status == 0 && function->new)
        status = make_body(builder, compare->new, function->new, &new);
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
    free_body(&old);
    free_body(&new);
    return status;
}

static void pair(struct builder *builder, size_t old, size_t new)
{
    builder->new_of_old[old] = new;
    builder->old_of_new[new] = old;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* How much alike the names of two functions are; the higher rank is tried first. */
static bool names_match(const struct kp_compare *compare, size_t old, size_t new, int rank)
{
    const struct kp_listing_function *a = &compare->old->functions[old];
    const struct kp_listing_function *b = &compare->new->functions[new];
    const char *path = compare->old->sources[a->source].path;
    const char *other = compare->new->sources[b->source].path;
    if (strcmp(a->name, b->name) != 0)
        return false;
    return rank == 0 ? strcmp(path, other) == 0 : rank == 1 ? strcmp(base_name(path), base_name(other)) == 0 : true;
}

/* Functions of one name, by an index of names, so that thousands of them do not take millions of comparisons. */
static int match_names(struct builder *builder, int rank)
{
    const struct kp_compare *compare = builder->compare;
    struct kp_index names = {0};
    size_t count = compare->new->function_count;
    size_t *next = malloc((count + 1) * sizeof *next); /* the next new function of the same name */
    size_t *first = malloc((count + 1) * sizeof *first);
    int status = next && first ? 0 : -1;
    for (size_t i = count; i-- > 0 && status == 0;) { /* from the end: chains ascend */
        const char *name = compare->new->functions[i].name;
        uint32_t before = names.count;
        uint32_t number = kp_index_add(&names, name, strlen(name));
        status = number == KP_INDEX_NONE ? -1 : 0;
        if (status == 0) {
            next[i] = number == before ? SIZE_MAX : first[number];
            first[number] = i;
        }
    }
    for (size_t i = 0; i < compare->old->function_count && status == 0; i++) {
        const char *name = compare->old->functions[i].name;
        uint32_t number = kp_index_find(&names, name, strlen(name));
        size_t candidate = number == KP_INDEX_NONE || builder->new_of_old[i] != SIZE_MAX ? SIZE_MAX : first[number];
        while (candidate != SIZE_MAX &&
               (builder->old_of_new[candidate] != SIZE_MAX || !names_match(compare, i, candidate, rank)))
            candidate = next[candidate];
        if (candidate != SIZE_MAX)
            pair(builder, i, candidate);
    }
    kp_index_free(&names);
    free(next);
    free(first);
    return status;
}

/* The lines that two bodies share, of all of the longer one, their first lines (the names) left out. */
static double likeness(const struct body *old, const struct body *new)
{
    size_t *match = calloc(old->count + 1, sizeof *match);
    size_t longer = old->count > new->count ? old->count : new->count;
    size_t shared = 0;
    if (!match || old->count < 2 || new->count < 2 ||
        kp_line_diff(old->tokens + 1, old->count - 1, new->tokens + 1, new->count - 1, match) != 0) {
        free(match);
        return 0;
    }
    for (size_t i = 0; i + 1 < old->count; i++)
        shared += match[i] != KP_LINE_DIFF_NONE;
    free(match);
    return (double)shared / (double)(longer - 1);
}

/* Renamed functions: of those left over, the pairs whose text is most alike, if that is much. */
static int match_texts(struct builder *builder)
{
    const struct kp_compare *compare = builder->compare;
    size_t left = 0;
    for (size_t i = 0; i < compare->old->function_count; i++)
        left += builder->new_of_old[i] == SIZE_MAX;
    for (size_t i = 0; i < compare->old->function_count && left <= UNMATCHED_MAX; i++) {
        struct body old = {0};
        double best = 0.6; /* less than that in common is another function */
        size_t found = SIZE_MAX;
        size_t tried = 0;
        builder->by_place = false;
        if (builder->new_of_old[i] != SIZE_MAX || !has_text(compare->old, &compare->old->functions[i]))
            continue;
        int status = make_body(builder, compare->old, &compare->old->functions[i], &old);
        for (size_t k = 0; k < compare->new->function_count &&status == 0 && tried <= UNMATCHED_MAX; k++) {
            struct body new = {0};
            if (builder->old_of_new[k] != SIZE_MAX || !has_text(compare->new, &compare->new->functions[k]))
                continue;
            tried++;
            status = make_body(builder, compare->new, &compare->new->functions[k], &new);
            double alike = status == 0 ? likeness(&old, &new) : 0;
            free_body(&new);
            if (alike >= best && (found == SIZE_MAX || alike > best)) {
                best = alike;
                found = k;
            }
        }
        free_body(&old);
        if (status != 0)
            return -1;
        if (found != SIZE_MAX)
            pair(builder, i, found);
    }
    return 0;
}

static int add_function(struct builder *builder, const struct kp_listing_function *old,
                        const struct kp_listing_function *new)
{
    struct kp_compare *compare = builder->compare;
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
    return match_lines(builder, function);
}

static int add_functions(struct builder *builder)
{
    struct kp_compare *compare = builder->compare;
    size_t count = compare->old->function_count + compare->new->function_count;
    compare->functions = calloc(count + 1, sizeof *compare->functions);
    int status = compare->functions ? 0 : -1;
    for (size_t i = 0; i < compare->old->function_count && status == 0; i++) {
        size_t new = builder->new_of_old[i];
        status =
            add_function(builder, &compare->old->functions[i], new == SIZE_MAX ? NULL : &compare->new->functions[new]);
    }
    for (size_t i = 0; i < compare->new->function_count &&status == 0; i++)
        if (builder->old_of_new[i] == SIZE_MAX)
            status = add_function(builder, NULL, &compare->new->functions[i]);
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

int kp_compare_build(struct kp_compare *compare, const struct kp_listing *old, const struct kp_listing *new,
                     struct kp_error *error)
{
    *compare = (struct kp_compare){.old = old, .new = new, .noise_known = old->profiles > 1 || new->profiles > 1};
    struct builder builder = {
        .compare = compare,
        .new_of_old = malloc((old->function_count + 1) * sizeof *builder.new_of_old),
        .old_of_new = malloc((new->function_count + 1) * sizeof *builder.old_of_new),
    };
    int status = builder.new_of_old && builder.old_of_new ? 0 : -1;
    if (status == 0) {
        memset(builder.new_of_old, 0xff, (old->function_count + 1) * sizeof *builder.new_of_old);
        memset(builder.old_of_new, 0xff, (new->function_count + 1) * sizeof *builder.old_of_new);
    }
    for (int rank = 0; rank < 3 && status == 0; rank++)
        status = match_names(&builder, rank);
    if (status == 0)
        status = match_texts(&builder);
    if (status == 0)
        status = add_functions(&builder);
    struct kp_spread old_spread;
    struct kp_spread new_spread;
    compare->total.old_ns = total_of(old, &old_spread);
    compare->total.new_ns = total_of(new, &new_spread);
    compare->total.noise_ns = kp_noise(&old_spread, &new_spread);
    for (size_t i = 0; i < compare->function_count && status == 0; i++)
        for (size_t l = 0; l < compare->functions[i].line_count; l++) {
            const struct kp_compare_line *line = &compare->functions[i].lines[l];
            compare->noise_known = compare->noise_known ||
                                   (line->old && kp_listing_number(line->old, KP_COLUMN_ERROR) > 0) ||
                                   (line->new &&kp_listing_number(line->new, KP_COLUMN_ERROR) > 0);
        }
    if (status == 0 && compare->function_count)
        qsort(compare->functions, compare->function_count, sizeof *compare->functions, by_change);
    kp_index_free(&builder.texts);
    free(builder.new_of_old);
    free(builder.old_of_new);
    if (status != 0) {
        kp_compare_free(compare);
        return kp_fail(error, "diff: out of memory");
    }
    return 0;
}

void kp_compare_free(struct kp_compare *compare)
{
    for (size_t i = 0; i < compare->function_count; i++)
        free(compare->functions[i].lines);
    free(compare->functions);
    *compare = (struct kp_compare){0};
}
