/* See thread_lines.h. */
#include "kernprof/analyze/thread_lines.h"

#include <stdlib.h>

#include "kernprof/analyze/flow.h"
#include "util/array.h"

const char kp_thread_lines_insert[] = "INSERT INTO thread_line VALUES (?, ?, ?, ?, ?, ?)";

/* A segment's lines: of function f those from first[f] on. */
struct dense {
    size_t *first;
    uint64_t *hits;
    double *ns;
};

static void add_calls(void *data, unsigned function, unsigned line, double ns)
{
    struct dense *dense = data;
    dense->ns[dense->first[function] + line] += ns;
}

static int has_counted(const uint64_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (words[i])
            return 1;
    return 0;
}

static int add_function(struct dense *dense, unsigned function, const struct kp_map_view *view, const uint64_t *words,
                        double tick_ns)
{
    const struct kp_map_record *r = view->record;
    if (!has_counted(words, r->counter_count))
        return 0;
    uint64_t calls, *blocks = calloc((size_t)r->block_count + 1, sizeof *blocks);
    int result = blocks ? kp_flow_solve(view, words, dense->hits + dense->first[function], blocks, &calls) : -1;
    free(blocks);
    const uint64_t *activation = words + r->counter_count;
    if (!activation[KP_TOTAL_TICKS])
        return result;
    for (uint32_t line = 0; line < r->line_count; line++)
        dense->ns[dense->first[function] + line] =
            (double)(int64_t)activation[KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * line + KP_LINE_TICKS] * tick_ns;
    return result;
}

static int keep(struct kp_thread_lines *lines, const struct dense *dense, const struct kp_times *times, unsigned thread)
{
    for (unsigned f = 0; f < kp_times_function_count(times); f++)
        for (uint32_t line = 0; line < kp_times_function(times, f)->record->line_count; line++) {
            size_t i = dense->first[f] + line;
            if (!dense->hits[i])
                continue;
            struct kp_thread_line *rows = kp_array_grow(lines->rows, lines->count, sizeof *rows);
            if (!rows)
                return -1;
            lines->rows = rows;
            rows[lines->count++] =
                (struct kp_thread_line){f, line, thread, dense->hits[i], dense->ns[i] > 0 ? dense->ns[i] : 0};
        }
    return 0;
}

int kp_thread_lines_add(struct kp_thread_lines *lines, const struct kp_times *times, const int64_t *first_words,
                        const uint64_t *words, double tick_ns, unsigned thread)
{
    unsigned count = kp_times_function_count(times);
    size_t total = 0;
    struct dense dense = {.first = calloc((size_t)count + 1, sizeof *dense.first)};
    for (unsigned f = 0; dense.first && f < count; f++) {
        dense.first[f] = total;
        total += kp_times_function(times, f)->record->line_count;
    }
    dense.hits = calloc(total + 1, sizeof *dense.hits);
    dense.ns = calloc(total + 1, sizeof *dense.ns);
    int result = dense.first && dense.hits && dense.ns ? 0 : -1;
    if (result == 0)
        kp_times_calls_of_segment(times, words, tick_ns, add_calls, &dense);
    for (unsigned f = 0; result == 0 && f < count; f++)
        if (first_words[f] >= 0)
            result = add_function(&dense, f, kp_times_function(times, f), words + first_words[f], tick_ns);
    if (result == 0)
        result = keep(lines, &dense, times, thread);
    lines->several |= thread > 1;
    free(dense.first);
    free(dense.hits);
    free(dense.ns);
    return result;
}

static int is_same_line(const struct kp_thread_line *a, const struct kp_thread_line *b)
{
    return a->function == b->function && a->line == b->line;
}

static int compare(const void *left, const void *right)
{
    const struct kp_thread_line *a = left, *b = right;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->thread > b->thread) - (a->thread < b->thread);
}

void kp_thread_lines_sort(struct kp_thread_lines *lines)
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
    lines->next = 0;
}

int kp_thread_lines_write(struct kp_thread_lines *lines, sqlite3_stmt *insert, const struct kp_line_of_threads *line)
{
    const struct kp_thread_line key = {.function = line->function, .line = line->line};
    while (lines->next < lines->count && compare(&lines->rows[lines->next], &key) < 0)
        lines->next++;
    double known_ns = 0;
    for (size_t i = lines->next; i < lines->count && is_same_line(&lines->rows[i], &key); i++)
        known_ns += lines->rows[i].ns;
    double of_known = known_ns > line->time_ns ? line->time_ns / known_ns : 1;
    double own_ns = known_ns < line->time_ns ? line->time_ns - known_ns : 0;
    for (; lines->next < lines->count && is_same_line(&lines->rows[lines->next], &key); lines->next++) {
        const struct kp_thread_line *row = &lines->rows[lines->next];
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
    free(lines->rows);
    *lines = (struct kp_thread_lines){0};
}
