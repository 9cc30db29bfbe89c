/* See function_match.h. */
#include "viewer/model/function_match.h"

#include <stdlib.h>
#include <string.h>

#include "util/line_diff.h"

/* Functions without a counterpart that are compared by their text: at most so many on each side. */
enum { UNMATCHED_MAX = 300 };

/* Of their lines; with less than that in common it is another function. */
#define LEAST_ALIKE 0.6

bool kp_body_has_text(const struct kp_listing *listing, const struct kp_listing_function *function)
{
    enum kp_source_origin origin = listing->sources[function->source].origin;
    return origin == KP_SOURCE_EMBEDDED || origin == KP_SOURCE_PARTS;
}

/* The text without the blanks around it, so that indenting is no edit; or else the place in the function. */
static uint32_t token_of(struct kp_matching *matching, const struct kp_source *source, int64_t number, int64_t offset,
                         bool by_place)
{
    if (by_place)
        return kp_index_add(&matching->texts, &offset, sizeof offset);
    size_t length;
    const char *text = kp_source_line(source, number, &length);
    while (length > 0 && strchr(" \t", *text)) {
        text++;
        length--;
    }
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    return kp_index_add(&matching->texts, text, length);
}

void kp_body_free(struct kp_body *body)
{
    free(body->rows);
    free(body->tokens);
}

static int add_row(struct kp_matching *matching, struct kp_body *body, const struct kp_source *source,
                   struct kp_body_row row, int64_t offset, bool by_place)
{
    uint32_t token = token_of(matching, source, row.number, offset, by_place);
    body->tokens[body->count] = token;
    body->rows[body->count++] = row;
    return token == KP_INDEX_NONE ? -1 : 0;
}

static bool inside(const struct kp_listing_function *function, const struct kp_listing_line *line)
{
    return line->source == function->source && line->line >= function->line && line->line <= function->last_line;
}

int kp_body_make(struct kp_matching *matching, const struct kp_listing *listing,
                 const struct kp_listing_function *function, bool by_place, struct kp_body *body)
{
    const struct kp_source *source = &listing->sources[function->source];
    /* A damaged last line must not make us ask for all memory. */
    int64_t last = function->last_line;
    if ((uint64_t)last > source->line_count)
        last = (int64_t)source->line_count; /* lines behind it are taken below, as those elsewhere */
    size_t own = last >= function->line ? (size_t)(last - function->line) + 1 : 0;
    size_t room = own + function->line_count + 1;
    *body = (struct kp_body){.rows = calloc(room, sizeof *body->rows), .tokens = calloc(room, sizeof *body->tokens)};
    int status = body->rows && body->tokens ? 0 : -1;
    size_t next = 0; /* lines come with those inside first, ascending; but be sure */
    for (int64_t number = function->line; number <= last && status == 0; number++) {
        const struct kp_listing_line *line = NULL;
        while (next < function->line_count &&
               (!inside(function, &function->lines[next]) || function->lines[next].line < number))
            next++;
        if (next < function->line_count && function->lines[next].line == number)
            line = &function->lines[next];
        status = add_row(matching, body, source, (struct kp_body_row){line, number}, number - function->line, by_place);
    }
    for (size_t i = 0; i < function->line_count && status == 0; i++) {
        const struct kp_listing_line *line = &function->lines[i];
        if (!inside(function, line) || line->line > last)
            status = add_row(matching, body, &listing->sources[line->source], (struct kp_body_row){line, line->line},
                             line->line - function->line, by_place);
    }
    return status;
}

static void pair(struct kp_matching *matching, size_t old, size_t new)
{
    matching->new_of_old[old] = new;
    matching->old_of_new[new] = old;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* How much alike the names of two functions are; a lower rank is tried first. */
enum { SAME_FILE, SAME_FILE_NAME, SAME_NAME, NAME_RANKS };

static bool names_match(const struct kp_matching *matching, size_t old, size_t new, int rank)
{
    const struct kp_listing_function *a = &matching->old->functions[old];
    const struct kp_listing_function *b = &matching->new->functions[new];
    const char *path = matching->old->sources[a->source].path;
    const char *other = matching->new->sources[b->source].path;
    if (strcmp(a->name, b->name) != 0)
        return false;
    switch (rank) {
    case SAME_FILE: return strcmp(path, other) == 0;
    case SAME_FILE_NAME: return strcmp(base_name(path), base_name(other)) == 0;
    default: return true;
    }
}

/* Functions of one name, by an index of names, so that thousands of them do not take millions of comparisons. */
static int match_names(struct kp_matching *matching, int rank)
{
    struct kp_index names = {0};
    size_t count = matching->new->function_count;
    size_t *next = malloc((count + 1) * sizeof *next); /* the next new function of the same name */
    size_t *first = malloc((count + 1) * sizeof *first);
    int status = next && first ? 0 : -1;
    for (size_t i = count; i-- > 0 && status == 0;) { /* from the end: chains ascend */
        const char *name = matching->new->functions[i].name;
        uint32_t before = names.count;
        uint32_t number = kp_index_add(&names, name, strlen(name));
        status = number == KP_INDEX_NONE ? -1 : 0;
        if (status == 0) {
            next[i] = number == before ? SIZE_MAX : first[number];
            first[number] = i;
        }
    }
    for (size_t i = 0; i < matching->old->function_count && status == 0; i++) {
        const char *name = matching->old->functions[i].name;
        uint32_t number = kp_index_find(&names, name, strlen(name));
        size_t candidate = number == KP_INDEX_NONE || matching->new_of_old[i] != SIZE_MAX ? SIZE_MAX : first[number];
        while (candidate != SIZE_MAX &&
               (matching->old_of_new[candidate] != SIZE_MAX || !names_match(matching, i, candidate, rank)))
            candidate = next[candidate];
        if (candidate != SIZE_MAX)
            pair(matching, i, candidate);
    }
    kp_index_free(&names);
    free(next);
    free(first);
    return status;
}

/* The lines that two bodies share, of all of the longer one, their first lines (the names) left out. */
static double likeness(const struct kp_body *old, const struct kp_body *new)
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

/* The new function without a counterpart whose text is most like the old one's, if that is much; SIZE_MAX: none. */
static int find_alike(struct kp_matching *matching, const struct kp_body *old, size_t *found)
{
    double best = LEAST_ALIKE;
    size_t tried = 0;
    *found = SIZE_MAX;
    for (size_t i = 0; i < matching->new->function_count &&tried <= UNMATCHED_MAX; i++) {
        const struct kp_listing_function *function = &matching->new->functions[i];
        struct kp_body new = {0};
        if (matching->old_of_new[i] != SIZE_MAX || !kp_body_has_text(matching->new, function))
            continue;
        tried++;
        int status = kp_body_make(matching, matching->new, function, false, &new);
        double alike = status == 0 ? likeness(old, &new) : 0;
        kp_body_free(&new);
        if (status != 0)
            return -1;
        if (*found == SIZE_MAX ? alike >= best : alike > best) {
            best = alike;
            *found = i;
        }
    }
    return 0;
}

/* Renamed functions: of those left over, the pairs whose text is most alike. */
static int match_texts(struct kp_matching *matching)
{
    size_t left = 0;
    for (size_t i = 0; i < matching->old->function_count; i++)
        left += matching->new_of_old[i] == SIZE_MAX;
    for (size_t i = 0; i < matching->old->function_count && left <= UNMATCHED_MAX; i++) {
        struct kp_body old = {0};
        size_t found = SIZE_MAX;
        if (matching->new_of_old[i] != SIZE_MAX || !kp_body_has_text(matching->old, &matching->old->functions[i]))
            continue;
        int status = kp_body_make(matching, matching->old, &matching->old->functions[i], false, &old);
        if (status == 0)
            status = find_alike(matching, &old, &found);
        kp_body_free(&old);
        if (status != 0)
            return -1;
        if (found != SIZE_MAX)
            pair(matching, i, found);
    }
    return 0;
}

/* `count` functions that have no counterpart yet; NULL: out of memory. */
static size_t *unmatched(size_t count)
{
    size_t *match = malloc((count + 1) * sizeof *match);
    for (size_t i = 0; match && i < count; i++)
        match[i] = SIZE_MAX;
    return match;
}

int kp_match_functions(struct kp_matching *matching, const struct kp_listing *old, const struct kp_listing *new)
{
    *matching = (struct kp_matching){.old = old,
                                     .new = new,
                                     .new_of_old = unmatched(old->function_count),
                                     .old_of_new = unmatched(new->function_count)};
    int status = matching->new_of_old && matching->old_of_new ? 0 : -1;
    for (int rank = 0; rank < NAME_RANKS && status == 0; rank++)
        status = match_names(matching, rank);
    if (status == 0)
        status = match_texts(matching);
    if (status != 0)
        kp_matching_free(matching);
    return status;
}

void kp_matching_free(struct kp_matching *matching)
{
    kp_index_free(&matching->texts);
    free(matching->new_of_old);
    free(matching->old_of_new);
    *matching = (struct kp_matching){0};
}
