/* See thread_lines.h.
 *
 * Of each segment the counters of the functions that ran in it are kept until they are solved, and the time of their
 * lines. That is less than the rows that come of it: a function has fewer counters than lines, mostly, and a row takes
 * four words. Counters of several segments cannot be added up before: a line has the hits of its most frequent block,
 * which is not the same block in all of them. */
#include "kernprof/analyze/thread_lines.h"

#include <stdlib.h>
#include <string.h>

#include "kernprof/analyze/module/flow.h"
#include "util/array.h"
#include "util/search.h"

const char kp_thread_lines_insert[] = "INSERT INTO thread_line VALUES (?, ?, ?, ?, ?, ?)";

struct kp_thread_part {
    unsigned function, thread;
    uint64_t *counters;
    double *ns; /* by line; NULL: no time is known */
};

static void free_part(struct kp_thread_part *part)
{
    free(part->counters);
    free(part->ns);
    *part = (struct kp_thread_part){0};
}

/* The times of the lines of a segment: of function f those from first[f] on. */
struct times {
    size_t *first;
    double *ns;
};

/* Adds what the timed calls of a segment say of all of its calls. */
static void add_calls(struct times *times, const struct kp_module_index *index, const uint64_t *words, double tick_ns)
{
    for (unsigned i = 0; i < kp_module_site_count(index); i++) {
        const struct kp_module_site *site = kp_module_site(index, i);
        const uint64_t *w = words + site->word;
        uint64_t calls = kp_site_calls(w), timed = w[KP_SITE_TIMED] + w[KP_SITE_INNER_TIMED];
        double ns = (double)(int64_t)(w[KP_SITE_TICKS] + w[KP_SITE_INNER_TICKS]) * tick_ns;
        struct kp_module_line frames[KP_MODULE_FRAMES];
        unsigned count = calls && timed && ns > 0 ? kp_module_site_frames(index, site, frames) : 0;
        for (unsigned frame = 0; frame < count; frame++)
            times->ns[times->first[frames[frame].function] + frames[frame].line] += ns / (double)timed * (double)calls;
    }
}

/* Takes the times of timestamps, where there are any, instead of those of calls. */
static void take_timestamps(double *ns, const struct kp_map_record *record, const uint64_t *words, double tick_ns)
{
    const uint64_t *activation = words + record->counter_count;
    for (uint32_t line = 0; activation[KP_TOTAL_TICKS] && line < record->line_count; line++)
        ns[line] =
            (double)(int64_t)activation[KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * line + KP_LINE_TICKS] * tick_ns;
}

static int has_counted(const uint64_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (words[i])
            return 1;
    return 0;
}

static int has_time(const double *ns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (ns[i] > 0)
            return 1;
    return 0;
}

/* A copy of bytes; NULL: out of memory. */
static void *copy_of(const void *bytes, size_t size)
{
    void *copy = malloc(size + 1);
    return copy ? memcpy(copy, bytes, size) : NULL;
}

/* Keeps what a segment holds of a function. 0, or -1 out of memory. */
static int keep(struct kp_thread_lines *lines, unsigned function, unsigned thread, const struct kp_map_record *record,
                const uint64_t *counters, const double *ns)
{
    struct kp_thread_part *parts = kp_array_grow(lines->parts, lines->part_count, sizeof *parts);
    if (!parts)
        return -1;
    lines->parts = parts;
    int timed = has_time(ns, record->line_count);
    struct kp_thread_part part = {.function = function,
                                  .thread = thread,
                                  .counters = copy_of(counters, record->counter_count * sizeof *counters),
                                  .ns = timed ? copy_of(ns, record->line_count * sizeof *ns) : NULL};
    if (!part.counters || (timed && !part.ns)) {
        free_part(&part);
        return -1;
    }
    parts[lines->part_count++] = part;
    return 0;
}

int kp_thread_lines_add(struct kp_thread_lines *lines, const struct kp_module_index *index, const uint64_t *words,
                        double tick_ns, unsigned thread)
{
    unsigned count = kp_module_function_count(index);
    size_t total = 0;
    struct times times = {.first = calloc((size_t)count + 1, sizeof *times.first)};
    for (unsigned f = 0; times.first && f < count; f++) {
        times.first[f] = total;
        total += kp_module_function(index, f)->record->line_count;
    }
    times.ns = calloc(total + 1, sizeof *times.ns);
    int result = times.first && times.ns ? 0 : -1;
    if (result == 0)
        add_calls(&times, index, words, tick_ns);
    for (unsigned f = 0; result == 0 && f < count; f++) {
        const struct kp_map_record *record = kp_module_function(index, f)->record;
        int64_t first = kp_module_first_word(index, f);
        if (!record->line_count || first < 0 || !has_counted(words + first, record->counter_count))
            continue;
        take_timestamps(times.ns + times.first[f], record, words + first, tick_ns);
        result = keep(lines, f, thread, record, words + first, times.ns + times.first[f]);
    }
    lines->several |= thread > 1;
    free(times.first);
    free(times.ns);
    return result;
}

/* 0, or -1 out of memory. */
static int add_rows(struct kp_thread_lines *lines, const struct kp_thread_part *part, const uint64_t *hits,
                    uint32_t line_count)
{
    for (uint32_t line = 0; line < line_count; line++) {
        if (!hits[line])
            continue;
        struct kp_thread_line *rows = kp_array_grow(lines->rows, lines->count, sizeof *rows);
        if (!rows)
            return -1;
        lines->rows = rows;
        double ns = part->ns && part->ns[line] > 0 ? part->ns[line] : 0;
        rows[lines->count++] = (struct kp_thread_line){part->function, line, part->thread, hits[line], ns};
    }
    return 0;
}

/* 0, or -1 out of memory. */
static int solve_part(struct kp_thread_lines *lines, const struct kp_thread_part *part, const struct kp_map_view *view)
{
    uint64_t calls;
    uint64_t *hits = calloc((size_t)view->record->line_count + 1, sizeof *hits);
    uint64_t *blocks = calloc((size_t)view->record->block_count + 1, sizeof *blocks);
    int result = hits && blocks ? kp_flow_solve(view, part->counters, hits, blocks, &calls) : -1;
    if (result == 0)
        result = add_rows(lines, part, hits, view->record->line_count);
    free(hits);
    free(blocks);
    return result;
}

static int compare_to_line(const struct kp_thread_line *row, unsigned function, unsigned line)
{
    if (row->function != function)
        return row->function < function ? -1 : 1;
    return (row->line > line) - (row->line < line);
}

static int compare(const void *left, const void *right)
{
    const struct kp_thread_line *a = left, *b = right;
    int order = compare_to_line(a, b->function, b->line);
    return order ? order : (a->thread > b->thread) - (a->thread < b->thread);
}

/* Rows of one line and thread become one: threads of several processes have the same number. */
static void sort(struct kp_thread_lines *lines)
{
    if (lines->count)
        qsort(lines->rows, lines->count, sizeof *lines->rows, compare);
    size_t kept = 0;
    for (size_t i = 0; i < lines->count; i++) {
        struct kp_thread_line *row = &lines->rows[i], *last = kept ? &lines->rows[kept - 1] : NULL;
        if (last && compare(last, row) == 0) {
            last->hits += row->hits;
            last->ns += row->ns;
        } else {
            lines->rows[kept++] = *row;
        }
    }
    lines->count = kept;
}

int kp_thread_lines_solve(struct kp_thread_lines *lines, const struct kp_module_index *index)
{
    int result = 0;
    for (size_t i = 0; i < lines->part_count; i++) {
        struct kp_thread_part *part = &lines->parts[i];
        if (result == 0)
            result = solve_part(lines, part, kp_module_function(index, part->function));
        free_part(part); /* so that the rows take the room of what they come of */
    }
    free(lines->parts);
    lines->parts = NULL;
    lines->part_count = 0;
    sort(lines);
    return result;
}

struct wanted {
    const struct kp_thread_lines *lines;
    unsigned function, line;
};

static int is_before(const void *what, size_t i)
{
    const struct wanted *wanted = what;
    return compare_to_line(&wanted->lines->rows[i], wanted->function, wanted->line) < 0;
}

int kp_thread_lines_write(const struct kp_thread_lines *lines, sqlite3_stmt *insert,
                          const struct kp_line_of_threads *line)
{
    size_t first = kp_search_first(lines->count, is_before, &(struct wanted){lines, line->function, line->line});
    size_t end = first;
    double known_ns = 0;
    for (; end < lines->count && compare_to_line(&lines->rows[end], line->function, line->line) == 0; end++)
        known_ns += lines->rows[end].ns;
    double of_known = known_ns > line->time_ns ? line->time_ns / known_ns : 1;
    double own_ns = known_ns < line->time_ns ? line->time_ns - known_ns : 0;
    for (const struct kp_thread_line *row = lines->rows + first; row < lines->rows + end; row++) {
        if (row->hits > line->hits)
            continue; /* a fork divided the function's run: only the sum of the processes is right */
        double ns = row->ns * of_known + own_ns * ((double)row->hits / (double)line->hits);
        sqlite3_bind_int64(insert, 1, line->function_id);
        sqlite3_bind_int64(insert, 2, line->source);
        sqlite3_bind_int64(insert, 3, line->number);
        sqlite3_bind_int64(insert, 4, row->thread);
        sqlite3_bind_int64(insert, 5, (int64_t)row->hits);
        sqlite3_bind_int64(insert, 6, (int64_t)(ns + 0.5));
        int code = sqlite3_step(insert);
        sqlite3_reset(insert);
        if (code != SQLITE_DONE)
            return -1;
    }
    return 0;
}

void kp_thread_lines_free(struct kp_thread_lines *lines)
{
    for (size_t i = 0; i < lines->part_count; i++)
        free_part(&lines->parts[i]);
    free(lines->parts);
    free(lines->rows);
    *lines = (struct kp_thread_lines){0};
}
