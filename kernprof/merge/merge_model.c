/* The model of a merge: what is the same, what comes first, how two values become one. See merge.h. */
#include "kernprof/merge/merge_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/map.h"
#include "format/profile.h"
#include "kernprof/merge/merge.h"

const struct kp_merge_table kp_merge_tables[KP_MERGE_TABLES] = {
    [KP_MERGE_FUNCTION] = {"function",
                           "id, NULL, NULL, NULL",
                           "calls, primitive_calls, total_ns, self_ns",
                           4,
                           {KP_SUM, KP_SUM, KP_SUM, KP_SUM},
                           "function_spread",
                           0,
                           2},
    [KP_MERGE_LINE] = {"line",
                       "function, source, line, NULL",
                       "hits, time_ns, self_ns, error_ns, wait_ns, min_ns, max_ns",
                       7,
                       {KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_LEAST_POSITIVE, KP_MOST},
                       "line_spread",
                       0,
                       1},
    [KP_MERGE_THREAD_LINE] =
        {"thread_line", "function, source, line, thread", "hits, time_ns", 2, {KP_SUM, KP_SUM}, NULL, 0, 0},
    [KP_MERGE_LINE_EVENT] = {"line_event", "function, source, line, event", "count", 1, {KP_SUM}, NULL, 0, 0},
    [KP_MERGE_ARC] = {"arc",
                      "caller, caller_source, caller_line, callee",
                      "calls, primitive_calls, total_ns, self_ns",
                      4,
                      {KP_SUM, KP_SUM, KP_SUM, KP_SUM},
                      NULL,
                      0,
                      0},
    [KP_MERGE_MEMORY_LINE] = {"memory_line",
                              "function, source, line, NULL",
                              "occurrences, allocated_bytes, freed_bytes, live_bytes, peak_bytes, allocations, frees, "
                              "temporary, live_blocks, increment_bytes, usage_bytes",
                              11,
                              {KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_SUM, KP_MOST},
                              NULL,
                              0,
                              0},
};

#define RUN "command, start, duration_ns, host, pid, rank, exit_status, timing, clean, threads, sampler, lost_samples"
#define INSERT_RUN "INSERT INTO run (" RUN ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define TIMER "name, calls, total_ns, min_ns, max_ns, threads, thread_ns"
#define INSERT_TIMER "INSERT INTO timer (" TIMER ") VALUES (?, ?, ?, ?, ?, ?, ?)"
#define SAMPLE "pid, time_ns, rss_bytes, pss_bytes"
#define INSERT_SAMPLE "INSERT INTO memory_sample (" SAMPLE ") VALUES (?, ?, ?, ?)"
#define MARK "pid, function, start_ns, end_ns, start_bytes, end_bytes, level"
#define INSERT_MARK "INSERT INTO memory_mark (" MARK ") VALUES (?, ?, ?, ?, ?, ?, ?)"
#define PROCESS                                                                                                        \
    "pid, allocations, allocated_bytes, frees, freed_bytes, temporary, mappings, mapped_bytes, unmapped_bytes, "       \
    "live_blocks, live_bytes, peak_bytes, lost, own_allocator, outside_allocations, outside_allocated_bytes, "         \
    "outside_live_blocks, outside_live_bytes, outside_peak_bytes"
#define INSERT_PROCESS                                                                                                 \
    "INSERT INTO memory_process (" PROCESS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

/* Of a run the process that was started comes first: it alone has an exit status. */
const struct kp_merge_copy kp_merge_copies[] = {
    {RUN " FROM run", INSERT_RUN,
     "start, rank, host, exit_status IS NULL, pid, command, duration_ns, exit_status, timing, clean, threads, sampler, "
     "lost_samples",
     INSERT_RUN},
    {TIMER " FROM timer",
     INSERT_TIMER
     " ON CONFLICT (name) DO UPDATE SET calls = calls + excluded.calls, total_ns = total_ns + excluded.total_ns, "
     "min_ns = COALESCE(MIN(NULLIF(min_ns, 0), NULLIF(excluded.min_ns, 0)), NULLIF(min_ns, 0), excluded.min_ns), "
     "max_ns = COALESCE(MAX(max_ns, excluded.max_ns), max_ns, excluded.max_ns), "
     "threads = COALESCE(threads + excluded.threads, threads, excluded.threads), "
     "thread_ns = COALESCE(MAX(thread_ns, excluded.thread_ns), thread_ns, excluded.thread_ns)",
     "name", INSERT_TIMER},
    {SAMPLE " FROM memory_sample", INSERT_SAMPLE, SAMPLE, INSERT_SAMPLE},
    {MARK " FROM memory_mark", INSERT_MARK, MARK, INSERT_MARK},
    {PROCESS " FROM memory_process", INSERT_PROCESS, PROCESS, INSERT_PROCESS},
    {NULL, NULL, NULL, NULL},
};

/* profiles, least and most count, least and most time, rank of the most time */
const enum kp_merge_rule kp_merge_spread_rules[KP_MERGE_SPREAD] = {KP_SUM,   KP_LEAST, KP_MOST,
                                                                   KP_LEAST, KP_MOST,  KP_RANK_OF_MOST};

struct kp_merge *kp_merge_new(void)
{
    struct kp_merge *merge = calloc(1, sizeof *merge);
    /* The empty name: a temporary database that goes to disk when it grows. */
    if (merge && (sqlite3_open("", &merge->rest) != SQLITE_OK ||
                  sqlite3_exec(merge->rest, kp_profile_schema, NULL, NULL, NULL) != SQLITE_OK ||
                  sqlite3_exec(merge->rest, "PRAGMA journal_mode = MEMORY; BEGIN", NULL, NULL, NULL) != SQLITE_OK)) {
        kp_merge_free(merge);
        return NULL;
    }
    return merge;
}

void kp_merge_free(struct kp_merge *merge)
{
    if (!merge)
        return;
    for (uint32_t i = 0; i < merge->source_keys.count; i++) {
        free(merge->sources[i].path);
        free(merge->sources[i].packed);
        free(merge->sources[i].text);
        free(merge->sources[i].starts);
    }
    for (int table = 0; table < KP_MERGE_TABLES; table++) {
        kp_index_free(&merge->cells[table].keys);
        free(merge->cells[table].rows);
    }
    for (uint32_t i = 0; i < merge->module_keys.count; i++) {
        free((char *)merge->modules[i].path);
        free((char *)merge->modules[i].build_id);
    }
    free(merge->modules);
    free(merge->sources);
    free(merge->functions);
    free(merge->meta_counts);
    kp_index_free(&merge->module_keys);
    kp_index_free(&merge->source_keys);
    kp_index_free(&merge->paths);
    kp_index_free(&merge->names);
    kp_index_free(&merge->events);
    kp_index_free(&merge->function_keys);
    kp_index_free(&merge->meta);
    sqlite3_close(merge->rest);
    free(merge);
}

void *kp_merge_room(void *array, size_t *room, size_t count, size_t size)
{
    if (count <= *room)
        return array;
    size_t more = count > 2 * *room ? count : 2 * *room;
    void *grown = reallocarray(array, more, size);
    if (grown)
        *room = more;
    return grown;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int kp_merge_compare_modules(const struct kp_merge *merge, uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    if (a == KP_INDEX_NONE || b == KP_INDEX_NONE)
        return a == KP_INDEX_NONE ? 1 : -1;
    const struct kp_merge_module *left = &merge->modules[a];
    const struct kp_merge_module *right = &merge->modules[b];
    int order = strcmp(left->path, right->path);
    order = order ? order : strcmp(left->build_id, right->build_id);
    return order ? order : compare_numbers(left->map_hash, right->map_hash);
}

/* The best to show comes first: unchanged since compiled, whole, with text. */
int kp_merge_compare_sources(const struct kp_merge *merge, uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    const struct kp_merge_source *left = &merge->sources[a];
    const struct kp_merge_source *right = &merge->sources[b];
    int order = strcmp(left->path, right->path);
    order = order ? order : compare_numbers(left->changed, right->changed);
    order = order ? order : compare_numbers(right->whole, left->whole);
    order = order ? order : compare_numbers(right->packed != NULL, left->packed != NULL);
    order = order ? order : compare_numbers(left->checksum, right->checksum);
    order = order ? order : compare_numbers(left->size, right->size);
    order = order ? order : compare_numbers((int64_t)left->packed_size, (int64_t)right->packed_size);
    return order || !left->packed ? order : memcmp(left->packed, right->packed, left->packed_size);
}

int kp_merge_compare_places(const struct kp_merge *merge, const struct kp_merge_function *a,
                            const struct kp_merge_function *b)
{
    int order = kp_merge_compare_sources(merge, a->source, b->source);
    order = order ? order : compare_numbers(a->line, b->line);
    return order ? order : kp_merge_compare_modules(merge, a->module, b->module);
}

uint64_t kp_merge_text(const struct kp_merge_source *source, int64_t first, int64_t last)
{
    bool as_compiled = !(source->changed && source->whole); /* else it is the file as it was after an edit */
    if (!source->text || !as_compiled || first < 1 || last < first || (uint64_t)last > source->line_count)
        return 0;
    uint64_t sum = 1;
    for (int64_t line = first; line <= last; line++) {
        const char *start = source->text + source->starts[line - 1];
        size_t size = source->starts[line] - source->starts[line - 1];
        while (size > 0 && strchr(" \t\r\n", start[size - 1]))
            size--;
        sum = sum * 0x9e3779b97f4a7c15u + kp_hash(start, size);
    }
    return sum ? sum : 1;
}

/* Sums stay at the largest number rather than go around: still the same in any grouping. */
static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return a > 0 ? INT64_MAX : INT64_MIN + 1;
    return sum;
}

static int64_t join_values(enum kp_merge_rule rule, int64_t a, int64_t b)
{
    if (a == KP_UNKNOWN || b == KP_UNKNOWN)
        return a == KP_UNKNOWN ? b : a;
    switch (rule) {
    case KP_SUM: return add(a, b);
    case KP_LEAST_POSITIVE:
        if (a <= 0 || b <= 0)
            return a > b ? a : b;
        return a < b ? a : b;
    case KP_LEAST: return a < b ? a : b;
    case KP_MOST:
    case KP_RANK_OF_MOST: break;
    }
    return a > b ? a : b;
}

/* The rank that goes with the larger of two; of equals the lowest rank, and any rank before none. */
static int64_t join_ranks(int64_t most, int64_t rank, int64_t other_most, int64_t other_rank)
{
    if (most != other_most)
        return most > other_most ? rank : other_rank;
    return join_values(KP_LEAST, rank, other_rank);
}

static void add_row(const struct kp_merge *merge, const struct kp_merge_table *table, struct kp_merge_row *sum,
                    const struct kp_merge_row *row)
{
    int count = table->value_count;
    for (int i = 0; i < count; i++)
        sum->values[i] = join_values(table->rules[i], sum->values[i], row->values[i]);
    if (row->source != KP_INDEX_NONE && kp_merge_compare_sources(merge, row->source, sum->source) < 0)
        sum->source = row->source;
    if (!table->spread)
        return;
    int64_t *ours = sum->values + count;
    const int64_t *theirs = row->values + count;
    for (int i = KP_MERGE_SPREAD - 1; i >= 0; i--) /* from the end: a rank needs its value as it was */
        ours[i] = kp_merge_spread_rules[i] == KP_RANK_OF_MOST
                      ? join_ranks(ours[i - 1], ours[i], theirs[i - 1], theirs[i])
                      : join_values(kp_merge_spread_rules[i], ours[i], theirs[i]);
}

int kp_merge_add_rows(struct kp_merge *merge, enum kp_merge_table_number number, const struct kp_merge_row *rows,
                      size_t count)
{
    const struct kp_merge_table *table = &kp_merge_tables[number];
    struct kp_merge_cells *cells = &merge->cells[number];
    size_t old_room = cells->room;
    struct kp_merge_row *sums = kp_merge_room(cells->rows, &cells->room, cells->keys.count, sizeof *sums);
    if (!sums && cells->keys.count)
        return -1;
    cells->rows = sums;
    for (size_t i = old_room; i < cells->room; i++)
        sums[i].cell = KP_INDEX_NONE;
    for (size_t i = 0; i < count; i++) {
        struct kp_merge_row *sum = &sums[rows[i].cell];
        if (sum->cell == KP_INDEX_NONE)
            *sum = rows[i];
        else
            add_row(merge, table, sum, &rows[i]);
    }
    return 0;
}

int kp_merge_copy(sqlite3 *from, const char *select, sqlite3 *to, const char *insert, struct kp_error *error)
{
    sqlite3_stmt *read = kp_profile_prepare(from, select, error);
    sqlite3_stmt *write = read ? kp_profile_prepare(to, insert, error) : NULL;
    int status = write ? SQLITE_ROW : SQLITE_ERROR;
    while (status == SQLITE_ROW && (status = sqlite3_step(read)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(read); i++)
            sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i));
        status = sqlite3_step(write) == SQLITE_DONE ? SQLITE_ROW : SQLITE_FULL;
        if (status == SQLITE_FULL)
            kp_fail(error, "merge: %s; set TMPDIR to a folder with room", sqlite3_errmsg(to));
        sqlite3_reset(write);
    }
    if (write && status != SQLITE_DONE && status != SQLITE_FULL)
        kp_fail(error, "profile: damaged (%s); profile the program again", sqlite3_errmsg(from));
    sqlite3_finalize(read);
    sqlite3_finalize(write);
    return status == SQLITE_DONE ? 0 : -1;
}

size_t kp_merge_apart(const struct kp_merge *merge, char *names, size_t size)
{
    enum { SHOWN = 5 };
    size_t apart = 0;
    size_t used = 0;
    uint32_t *first = malloc(((size_t)merge->names.count + 1) * sizeof *first); /* function seen with this name */
    names[0] = '\0';
    if (!first)
        return 0;
    memset(first, 0xff, ((size_t)merge->names.count + 1) * sizeof *first);
    for (uint32_t i = 0; i < merge->function_keys.count; i++) {
        const struct kp_merge_function *function = &merge->functions[i];
        uint32_t seen = first[function->name];
        if (!function->used)
            continue;
        if (seen == KP_INDEX_NONE)
            first[function->name] = i;
        /* Said once for each name. */
        if (seen >= KP_INDEX_NONE - 1 ||
            (merge->functions[seen].text == function->text && merge->functions[seen].length == function->length))
            continue;
        first[function->name] = KP_INDEX_NONE - 1;
        if (apart++ < SHOWN && used < size) {
            const char *path = kp_index_key(&merge->names, function->name, NULL);
            used += (size_t)snprintf(names + used, size - used, "%s%s (%s)", apart > 1 ? ", " : "",
                                     path + strlen(path) + 1, path);
        }
    }
    free(first);
    return apart;
}
