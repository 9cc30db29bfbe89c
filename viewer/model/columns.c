/* See columns.h. */
#include "viewer/model/columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

enum { EVENT_WIDTH = 9, KNOWN_KEYS = 768 };

/* The key that stands for a whole group. */
static const char ranks_key[] = "ranks";

static int64_t number(const struct kp_column_line *line, enum kp_column_id column)
{
    return kp_column_number(line->stored, column);
}

/* A line that was never executed has no times; a run that took no times has none for any line. */
static struct kp_value time_of(const struct kp_column_line *line, int64_t time_ns)
{
    bool known = line->timed && (number(line, KP_COLUMN_HITS) > 0 || time_ns > 0);
    return known ? kp_value_time((double)time_ns) : kp_value_none();
}

static struct kp_value per_hit(const struct kp_column_line *line, size_t column)
{
    (void)column;
    int64_t hits = number(line, KP_COLUMN_HITS);
    return line->timed && hits > 0 ? kp_value_time((double)number(line, KP_COLUMN_TIME) / (double)hits)
                                   : kp_value_none();
}

static struct kp_value percent(const struct kp_column_line *line, size_t column)
{
    (void)column;
    int64_t time_ns = number(line, KP_COLUMN_TIME);
    if (!line->timed || (number(line, KP_COLUMN_HITS) == 0 && time_ns == 0))
        return kp_value_none();
    return kp_value_percent((double)time_ns, (double)line->function_ns);
}

/* Of one execution, where single ones were timed. */
static struct kp_value bound(const struct kp_column_line *line, size_t column)
{
    int64_t bound_ns = line->stored[column];
    return bound_ns > 0 ? time_of(line, bound_ns) : kp_value_none();
}

/* The line's time in `parts` equal parts. */
static struct kp_value mean(const struct kp_column_line *line, int64_t parts)
{
    struct kp_value value = time_of(line, number(line, KP_COLUMN_TIME));
    if (value.kind == KP_VALUE_TIME && parts > 0)
        value.number /= (double)parts;
    return value;
}

/* How much longer the slowest of them takes than the mean: what the others wait for it. */
static struct kp_value imbalance(const struct kp_column_line *line, int64_t parts, int64_t most_ns)
{
    struct kp_value of_mean = mean(line, parts);
    double mean_ns = of_mean.kind == KP_VALUE_TIME ? of_mean.number : 0;
    return line->timed ? kp_value_percent((double)most_ns - mean_ns, mean_ns) : kp_value_none();
}

static struct kp_value thread_mean(const struct kp_column_line *line, size_t column)
{
    (void)column;
    return mean(line, number(line, KP_COLUMN_THREADS));
}

static struct kp_value thread_imbalance(const struct kp_column_line *line, size_t column)
{
    (void)column;
    return imbalance(line, number(line, KP_COLUMN_THREADS), number(line, KP_COLUMN_THREAD_MAX));
}

static struct kp_value rank_mean(const struct kp_column_line *line, size_t column)
{
    (void)column;
    return mean(line, line->profiles);
}

static struct kp_value rank_imbalance(const struct kp_column_line *line, size_t column)
{
    (void)column;
    return imbalance(line, line->profiles, number(line, KP_COLUMN_RANK_MAX));
}

static struct kp_value slowest_rank(const struct kp_column_line *line, size_t column)
{
    int64_t rank = line->stored[column];
    return line->timed && number(line, KP_COLUMN_TIME) > 0 && rank >= 0 ? kp_value_count(rank) : kp_value_none();
}

/* Over threads and over merged profiles: a line that has no such rows was run by one thread, and is of one profile. A
 * merged profile that does not know the line counts as 0. Of merged instances the least and most are bounds. */
const struct kp_column kp_columns_fixed[KP_COLUMNS_FIXED] = {
    [KP_COLUMN_HITS] = {"hits", "Hits", "how often the line was executed", KP_VALUE_COUNT, 9, KP_GROUP_LINE,
                        KP_SHOWN_ALWAYS, "hits", "SUM(l.hits)", NULL},
    [KP_COLUMN_TIME] = {"time", "Time", "time of the line, calls included", KP_VALUE_TIME, 12, KP_GROUP_LINE,
                        KP_SHOWN_ALWAYS, "time_ns", "SUM(l.time_ns)", NULL},
    [KP_COLUMN_PER_HIT] = {"perhit", "Per Hit", "time of one execution", KP_VALUE_TIME, 8, KP_GROUP_LINE,
                           KP_SHOWN_ALWAYS, NULL, NULL, per_hit},
    [KP_COLUMN_PERCENT] = {"percent", "% Time", "share of the function's time", KP_VALUE_PERCENT, 8, KP_GROUP_LINE,
                           KP_SHOWN_ALWAYS, NULL, NULL, percent},
    [KP_COLUMN_SELF] = {"self", "Self", "own time: without the calls of profiled functions", KP_VALUE_TIME, 12,
                        KP_GROUP_LINE, KP_SHOWN_ON_REQUEST, "self_ns", "SUM(l.self_ns)", NULL},
    [KP_COLUMN_ERROR] = {"error", "Error", "standard deviation of a time that was sampled", KP_VALUE_TIME, 9,
                         KP_GROUP_LINE, KP_SHOWN_ON_REQUEST, "error_ns", "SUM(l.error_ns)", NULL},
    [KP_COLUMN_WAIT] = {"wait", "Wait", "part of the time in which the thread did not run", KP_VALUE_TIME, 12,
                        KP_GROUP_LINE, KP_SHOWN_ON_REQUEST, "wait_ns", "SUM(l.wait_ns)", NULL},
    [KP_COLUMN_MIN] = {"min", "Min", "least time of one execution, where each was timed", KP_VALUE_TIME, 9,
                       KP_GROUP_LINE, KP_SHOWN_ON_REQUEST, NULL, "MIN(NULLIF(l.min_ns, 0))", bound},
    [KP_COLUMN_MAX] = {"max", "Max", "most time of one execution, where each was timed", KP_VALUE_TIME, 9,
                       KP_GROUP_LINE, KP_SHOWN_ON_REQUEST, NULL, "MAX(l.max_ns)", bound},
    [KP_COLUMN_THREADS] = {"threads", "Threads", "threads that executed the line", KP_VALUE_COUNT, 7, KP_GROUP_THREADS,
                           KP_SHOWN_ON_REQUEST, NULL, "IFNULL(MAX(q.threads), SUM(l.hits) > 0)", NULL},
    [KP_COLUMN_THREAD_HITS] = {"threadhits", "Thread Hits", "most hits of one thread", KP_VALUE_COUNT, 11,
                               KP_GROUP_THREADS, KP_SHOWN_WITH_GROUP, NULL, "IFNULL(SUM(q.hits), SUM(l.hits))", NULL},
    [KP_COLUMN_THREAD_MIN] = {"threadmin", "Thread Min", "least time of one thread", KP_VALUE_TIME, 10,
                              KP_GROUP_THREADS, KP_SHOWN_WITH_GROUP, NULL, "IFNULL(SUM(q.least_ns), SUM(l.time_ns))",
                              NULL},
    [KP_COLUMN_THREAD_MEAN] = {"threadmean", "Thread Mean", "mean time of a thread", KP_VALUE_TIME, 11,
                               KP_GROUP_THREADS, KP_SHOWN_WITH_GROUP, NULL, NULL, thread_mean},
    [KP_COLUMN_THREAD_MAX] = {"threadmax", "Thread Max", "most time of one thread", KP_VALUE_TIME, 10, KP_GROUP_THREADS,
                              KP_SHOWN_WITH_GROUP, NULL, "IFNULL(SUM(q.most_ns), SUM(l.time_ns))", NULL},
    [KP_COLUMN_THREAD_IMBALANCE] = {"threadimbalance", "Imbal. %",
                                    "how much longer the slowest thread takes than the mean", KP_VALUE_PERCENT, 8,
                                    KP_GROUP_THREADS, KP_SHOWN_WITH_GROUP, NULL, NULL, thread_imbalance},
    [KP_COLUMN_RANK_MIN] = {"rankmin", "Rank Min", "least time of one rank or run", KP_VALUE_TIME, 9, KP_GROUP_RANKS,
                            KP_SHOWN_WITH_GROUP, NULL,
                            "IFNULL(CASE WHEN MAX(p.profiles) < :profiles THEN 0 ELSE SUM(p.min_time_ns) END, "
                            "SUM(l.time_ns))",
                            NULL},
    [KP_COLUMN_RANK_MEAN] = {"rankmean", "Rank Mean", "mean time of a rank or run", KP_VALUE_TIME, 9, KP_GROUP_RANKS,
                             KP_SHOWN_WITH_GROUP, NULL, NULL, rank_mean},
    [KP_COLUMN_RANK_MAX] = {"rankmax", "Rank Max", "most time of one rank or run", KP_VALUE_TIME, 9, KP_GROUP_RANKS,
                            KP_SHOWN_WITH_GROUP, NULL, "IFNULL(SUM(p.max_time_ns), SUM(l.time_ns))", NULL},
    [KP_COLUMN_RANK_IMBALANCE] = {"imbalance", "Imbal. %", "how much longer the slowest rank takes than the mean",
                                  KP_VALUE_PERCENT, 8, KP_GROUP_RANKS, KP_SHOWN_WITH_GROUP, NULL, NULL, rank_imbalance},
    [KP_COLUMN_RANK_SLOWEST] = {"slowest", "Slowest", "the rank that takes longest", KP_VALUE_COUNT, 7, KP_GROUP_RANKS,
                                KP_SHOWN_WITH_GROUP, NULL,
                                "CASE WHEN MAX(p.profiles) IS NULL THEN :rank WHEN MIN(p.max_rank) = "
                                "MAX(p.max_rank) THEN MIN(p.max_rank) END",
                                slowest_rank},
    [KP_COLUMN_ALLOCATIONS] = {"allocs", "Allocs", "allocations", KP_VALUE_COUNT, 8, KP_GROUP_MEMORY,
                               KP_SHOWN_ON_REQUEST, NULL, "SUM(m.allocations)", NULL},
    [KP_COLUMN_ALLOCATED] = {"allocated", "Allocated", "bytes allocated", KP_VALUE_BYTES, 11, KP_GROUP_MEMORY,
                             KP_SHOWN_ALWAYS, NULL, "SUM(m.allocated_bytes)", NULL},
    [KP_COLUMN_FREES] = {"frees", "Frees", "blocks freed, whoever allocated them", KP_VALUE_COUNT, 8, KP_GROUP_MEMORY,
                         KP_SHOWN_ON_REQUEST, NULL, "SUM(m.frees)", NULL},
    [KP_COLUMN_FREED] = {"freed", "Freed", "bytes freed, whoever allocated them", KP_VALUE_BYTES, 11, KP_GROUP_MEMORY,
                         KP_SHOWN_ON_REQUEST, NULL, "SUM(m.freed_bytes)", NULL},
    [KP_COLUMN_PEAK] = {"peak", "At peak", "bytes of this line alive at the program's peak", KP_VALUE_BYTES, 11,
                        KP_GROUP_MEMORY, KP_SHOWN_ALWAYS, NULL, "SUM(m.peak_bytes)", NULL},
    [KP_COLUMN_LEAKED] = {"leaked", "Leaked", "bytes never freed", KP_VALUE_BYTES, 11, KP_GROUP_MEMORY, KP_SHOWN_ALWAYS,
                          NULL, "SUM(m.live_bytes)", NULL},
    [KP_COLUMN_LEAKS] = {"leaks", "Leaks", "blocks never freed", KP_VALUE_COUNT, 8, KP_GROUP_MEMORY,
                         KP_SHOWN_ON_REQUEST, NULL, "SUM(m.live_blocks)", NULL},
    [KP_COLUMN_TEMPORARY] = {"temporary", "Temporary", "allocations freed at once", KP_VALUE_COUNT, 9, KP_GROUP_MEMORY,
                             KP_SHOWN_ON_REQUEST, NULL, "SUM(m.temporary)", NULL},
};

/* "page-faults" is headed "Page Faults". */
static char *heading_of(const char *name)
{
    char *heading = strdup(name);
    bool starts = true;
    for (char *c = heading; c && *c; c++) {
        if (*c == '-' || *c == '_')
            *c = ' ';
        if (starts)
            *c = (char)toupper((unsigned char)*c);
        starts = *c == ' ';
    }
    return heading;
}

static void free_event(struct kp_column *column)
{
    free((char *)column->key);
    free((char *)column->heading);
    sqlite3_free((char *)column->sql);
    free(column);
}

/* A column of the event `id`; NULL: out of memory. */
static struct kp_column *event_column(int64_t id, const char *name)
{
    struct kp_column *column = calloc(1, sizeof *column);
    if (!column)
        return NULL;
    *column = (struct kp_column){
        .key = strdup(name),
        .heading = heading_of(name),
        .kind = KP_VALUE_COUNT,
        .width = EVENT_WIDTH,
        .group = KP_GROUP_EVENTS,
        .exported = NULL,
        .sql = sqlite3_mprintf("IFNULL(SUM((SELECT e.count FROM line_event e WHERE e.function = l.function AND "
                               "e.source = l.source AND e.line = l.line AND e.event = %lld)), 0)",
                               (long long)id),
    };
    column->exported = column->key;
    if (column->key && column->heading && column->sql) {
        int length = (int)strlen(column->heading);
        column->width = length > EVENT_WIDTH ? length : EVENT_WIDTH;
        return column;
    }
    free_event(column);
    return NULL;
}

/* -1: out of memory. */
static int add(struct kp_columns *columns, const struct kp_column *column)
{
    struct kp_shown_column *at = kp_array_grow(columns->at, columns->count, sizeof *at);
    if (!at)
        return -1;
    columns->at = at;
    at[columns->count++] = (struct kp_shown_column){.column = column, .width = column->width};
    return 0;
}

static int add_events(struct kp_columns *columns, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *row =
        kp_profile_prepare(profile, "SELECT id, name FROM event WHERE " KP_PROFILE_EVENT_NAMES " ORDER BY id", error);
    if (!row)
        return -1;
    int status;
    while ((status = sqlite3_step(row)) == SQLITE_ROW) {
        struct kp_column *column =
            event_column(sqlite3_column_int64(row, 0), (const char *)sqlite3_column_text(row, 1));
        if (!column || add(columns, column) != 0) {
            if (column)
                free_event(column);
            break;
        }
    }
    sqlite3_finalize(row);
    return status == SQLITE_DONE ? 0 : kp_fail(error, "profile: damaged, or out of memory; profile the program again");
}

int kp_columns_load(struct kp_columns *columns, sqlite3 *profile, struct kp_error *error)
{
    *columns = (struct kp_columns){0};
    int status = 0;
    for (size_t i = 0; i < KP_COLUMNS_FIXED && status == 0; i++)
        if (add(columns, &kp_columns_fixed[i]) != 0)
            status = kp_fail(error, "out of memory");
    if (status == 0 && profile && kp_profile_has_events(profile))
        status = add_events(columns, profile, error);
    if (status == 0)
        kp_columns_show_usual_alone(columns);
    else
        kp_columns_free(columns);
    return status;
}

void kp_columns_free(struct kp_columns *columns)
{
    for (size_t i = KP_COLUMNS_FIXED; i < columns->count; i++)
        free_event((struct kp_column *)columns->at[i].column);
    free(columns->at);
    *columns = (struct kp_columns){0};
}

void kp_columns_show_usual_alone(struct kp_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        columns->at[i].visible = false;
    for (enum kp_column_group group = 0; group < KP_COLUMN_GROUPS; group++)
        if (group != KP_GROUP_MEMORY)
            kp_columns_show_usual(columns, group);
}

void kp_columns_show_group(struct kp_columns *columns, enum kp_column_group group)
{
    for (size_t i = 0; i < columns->count; i++)
        columns->at[i].visible |= columns->at[i].column->group == group;
}

void kp_columns_show_usual(struct kp_columns *columns, enum kp_column_group group)
{
    for (size_t i = 0; i < columns->count; i++)
        columns->at[i].visible |=
            columns->at[i].column->group == group && columns->at[i].column->shown == KP_SHOWN_ALWAYS;
}

static bool is_among(const struct kp_column *column, unsigned groups)
{
    return groups & KP_GROUP(column->group);
}

static int fail_unknown(const struct kp_columns *columns, unsigned groups, const char *key, int length,
                        struct kp_error *error)
{
    char known[KNOWN_KEYS] = "";
    size_t used = 0;
    for (size_t i = 0; i < columns->count && used < sizeof known; i++)
        if (is_among(columns->at[i].column, groups))
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "",
                                     columns->at[i].column->key);
    if (used < sizeof known && groups & KP_GROUP(KP_GROUP_RANKS))
        snprintf(known + used, sizeof known - used, ", %s", ranks_key);
    return kp_fail(error, "--columns: unknown column '%.*s'; there are: %s", length, key, known);
}

static bool is_key(const char *key, const char *text, size_t length)
{
    return strlen(key) == length && memcmp(key, text, length) == 0;
}

/* -1: there is none of this key. */
static int show_key(struct kp_columns *columns, const char *key, size_t length, unsigned groups)
{
    for (size_t i = 0; i < columns->count; i++)
        if (is_among(columns->at[i].column, groups) && is_key(columns->at[i].column->key, key, length)) {
            columns->at[i].visible = true;
            return 0;
        }
    if (!(groups & KP_GROUP(KP_GROUP_RANKS)) || !is_key(ranks_key, key, length))
        return -1;
    kp_columns_show_group(columns, KP_GROUP_RANKS);
    return 0;
}

int kp_columns_show_list(struct kp_columns *columns, const char *list, unsigned groups, struct kp_error *error)
{
    for (size_t i = 0; !list && i < columns->count; i++)
        columns->at[i].visible |=
            is_among(columns->at[i].column, groups) && columns->at[i].column->shown != KP_SHOWN_WITH_GROUP;
    while (list && *list) {
        size_t length = strcspn(list, ",");
        if (show_key(columns, list, length, groups) != 0)
            return fail_unknown(columns, groups, list, (int)length, error);
        list += length + (list[length] == ',');
    }
    return 0;
}

bool kp_columns_shows(const struct kp_columns *columns, enum kp_column_group group)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->at[i].visible && columns->at[i].column->group == group)
            return true;
    return false;
}

struct kp_value kp_column_value(const struct kp_columns *columns, const struct kp_column_line *line, size_t column)
{
    const struct kp_column *schema = columns->at[column].column;
    if (schema->value)
        return schema->value(line, column);
    int64_t stored = line->stored[column];
    if (stored == KP_NOT_KNOWN)
        return kp_value_none();
    return schema->kind == KP_VALUE_TIME ? time_of(line, stored)
                                         : (struct kp_value){.kind = schema->kind, .count = stored};
}

void kp_columns_fit_none(struct kp_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        columns->at[i].width = columns->at[i].column->width;
}

void kp_columns_fit(struct kp_columns *columns, const struct kp_column_line *line, double unit_s)
{
    char text[KP_VALUE_TEXT];
    for (size_t i = 0; i < columns->count; i++) {
        if (!columns->at[i].visible)
            continue;
        kp_units_cell(text, kp_column_value(columns, line, i), unit_s);
        int length = (int)strlen(text);
        columns->at[i].width = length > columns->at[i].width ? length : columns->at[i].width;
    }
}

const char *kp_column_key(size_t index)
{
    return index < KP_COLUMNS_FIXED ? kp_columns_fixed[index].key : index == KP_COLUMNS_FIXED ? ranks_key : NULL;
}

/* By --columns alone; of memory all are. */
static bool is_added(const struct kp_column *column)
{
    return column->shown == KP_SHOWN_ON_REQUEST && column->group != KP_GROUP_MEMORY;
}

void kp_columns_print_help(unsigned groups, FILE *out)
{
    for (size_t i = 0; i < KP_COLUMNS_FIXED; i++)
        if (is_among(&kp_columns_fixed[i], groups))
            fprintf(out, "%s %-15s  %s\n", is_added(&kp_columns_fixed[i]) ? " +" : "  ", kp_columns_fixed[i].key,
                    kp_columns_fixed[i].meaning);
}
