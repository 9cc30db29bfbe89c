/* See columns.h. */
#include "viewer/model/columns.h"

#include <stdio.h>
#include <string.h>

#include "viewer/model/memory_columns.h"

#define ARGUMENTS                                                                                                      \
    const struct kp_listing *listing, const struct kp_listing_function *function, const struct kp_listing_line *line

/* A line that was never executed has no times; a run that took no times has none for any line. */
static struct kp_value time_of(const struct kp_listing *listing, const struct kp_listing_line *line, int64_t time_ns)
{
    return listing->timed && (line->hits > 0 || time_ns > 0) ? kp_value_time((double)time_ns) : kp_value_none();
}

static struct kp_value hits(ARGUMENTS)
{
    (void)listing;
    (void)function;
    return kp_value_count(line->hits);
}

static struct kp_value time_ns(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->time_ns);
}

static struct kp_value per_hit(ARGUMENTS)
{
    (void)function;
    return listing->timed && line->hits > 0 ? kp_value_time((double)line->time_ns / (double)line->hits)
                                            : kp_value_none();
}

static struct kp_value percent(ARGUMENTS)
{
    if (!listing->timed || (line->hits == 0 && line->time_ns == 0))
        return kp_value_none();
    return kp_value_percent((double)line->time_ns, (double)function->time_ns);
}

static struct kp_value self_ns(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->self_ns);
}

static struct kp_value error_ns(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->error_ns);
}

static struct kp_value min_ns(ARGUMENTS)
{
    (void)function;
    return line->min_ns > 0 ? time_of(listing, line, line->min_ns) : kp_value_none();
}

static struct kp_value max_ns(ARGUMENTS)
{
    (void)function;
    return line->max_ns > 0 ? time_of(listing, line, line->max_ns) : kp_value_none();
}

static struct kp_value threads(ARGUMENTS)
{
    (void)listing;
    (void)function;
    return kp_value_count(line->threads);
}

static struct kp_value thread_hits(ARGUMENTS)
{
    (void)listing;
    (void)function;
    return kp_value_count(line->thread_most_hits);
}

static struct kp_value thread_least(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->thread_least_ns);
}

/* Of the part in `parts` of the line's time. */
static struct kp_value mean(const struct kp_listing *listing, const struct kp_listing_line *line, int64_t parts)
{
    struct kp_value value = time_of(listing, line, line->time_ns);
    if (value.kind == KP_VALUE_TIME && parts > 0)
        value.number /= (double)parts;
    return value;
}

static struct kp_value thread_mean(ARGUMENTS)
{
    (void)function;
    return mean(listing, line, line->threads);
}

static struct kp_value thread_most(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->thread_most_ns);
}

/* How much longer the slowest of them takes than the mean: what the others wait for it. */
static struct kp_value imbalance_of(const struct kp_listing *listing, const struct kp_value *mean, int64_t most_ns)
{
    if (!listing->timed)
        return kp_value_none();
    double ns = mean->kind == KP_VALUE_TIME ? mean->number : 0;
    return kp_value_percent((double)most_ns - ns, ns);
}

static struct kp_value thread_imbalance(ARGUMENTS)
{
    (void)function;
    struct kp_value of_mean = mean(listing, line, line->threads);
    return imbalance_of(listing, &of_mean, line->thread_most_ns);
}

static struct kp_value rank_least(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->least_ns);
}

static struct kp_value rank_mean(ARGUMENTS)
{
    (void)function;
    return mean(listing, line, listing->profiles);
}

static struct kp_value rank_most(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->most_ns);
}

static struct kp_value rank_imbalance(ARGUMENTS)
{
    (void)function;
    struct kp_value of_mean = mean(listing, line, listing->profiles);
    return imbalance_of(listing, &of_mean, line->most_ns);
}

static struct kp_value slowest_rank(ARGUMENTS)
{
    (void)function;
    return listing->timed && line->time_ns > 0 && line->most_rank >= 0 ? kp_value_count(line->most_rank)
                                                                       : kp_value_none();
}

static struct kp_value memory_value(const struct kp_listing_line *line, enum kp_memory_value which)
{
    return line->memory ? kp_value_count(line->memory[which]) : kp_value_none();
}

#define MEMORY_COLUMN(name, which)                                                                                     \
    static struct kp_value name(ARGUMENTS)                                                                             \
    {                                                                                                                  \
        (void)listing;                                                                                                 \
        (void)function;                                                                                                \
        return memory_value(line, which);                                                                              \
    }

MEMORY_COLUMN(allocs, KP_MEMORY_ALLOCATIONS)
MEMORY_COLUMN(allocated, KP_MEMORY_ALLOCATED)
MEMORY_COLUMN(frees, KP_MEMORY_FREES)
MEMORY_COLUMN(freed, KP_MEMORY_FREED)
MEMORY_COLUMN(peak, KP_MEMORY_PEAK)
MEMORY_COLUMN(leaked, KP_MEMORY_LIVE)
MEMORY_COLUMN(leaks, KP_MEMORY_LIVE_BLOCKS)
MEMORY_COLUMN(temporary, KP_MEMORY_TEMPORARY)

const struct kp_column kp_columns[KP_COLUMN_COUNT] = {
    {"hits", "Hits", 9, KP_SHOWN_ALWAYS, hits},
    {"time", "Time", 12, KP_SHOWN_ALWAYS, time_ns},
    {"perhit", "Per Hit", 8, KP_SHOWN_ALWAYS, per_hit},
    {"percent", "% Time", 8, KP_SHOWN_ALWAYS, percent},
    {"self", "Self", 12, KP_SHOWN_ON_REQUEST, self_ns},
    {"error", "Error", 9, KP_SHOWN_ON_REQUEST, error_ns},
    {"min", "Min", 9, KP_SHOWN_ON_REQUEST, min_ns},
    {"max", "Max", 9, KP_SHOWN_ON_REQUEST, max_ns},
    {"threads", "Threads", 7, KP_SHOWN_ON_REQUEST, threads},
    {"threadhits", "Thread Hits", 11, KP_SHOWN_FOR_THREADS, thread_hits},
    {"threadmin", "Thread Min", 10, KP_SHOWN_FOR_THREADS, thread_least},
    {"threadmean", "Thread Mean", 11, KP_SHOWN_FOR_THREADS, thread_mean},
    {"threadmax", "Thread Max", 10, KP_SHOWN_FOR_THREADS, thread_most},
    {"threadimbalance", "Imbal. %", 8, KP_SHOWN_FOR_THREADS, thread_imbalance},
    {"rankmin", "Rank Min", 9, KP_SHOWN_FOR_RANKS, rank_least},
    {"rankmean", "Rank Mean", 9, KP_SHOWN_FOR_RANKS, rank_mean},
    {"rankmax", "Rank Max", 9, KP_SHOWN_FOR_RANKS, rank_most},
    {"imbalance", "Imbal. %", 8, KP_SHOWN_FOR_RANKS, rank_imbalance},
    {"slowest", "Slowest", 7, KP_SHOWN_FOR_RANKS, slowest_rank},
    {"allocs", "Allocs", 8, KP_SHOWN_FOR_MEMORY, allocs}, /* these as kp_memory_columns has them */
    {"allocated", "Allocated", 11, KP_SHOWN_FOR_MEMORY, allocated},
    {"frees", "Frees", 8, KP_SHOWN_FOR_MEMORY, frees},
    {"freed", "Freed", 11, KP_SHOWN_FOR_MEMORY, freed},
    {"peak", "At peak", 11, KP_SHOWN_FOR_MEMORY, peak},
    {"leaked", "Leaked", 11, KP_SHOWN_FOR_MEMORY, leaked},
    {"leaks", "Leaks", 8, KP_SHOWN_FOR_MEMORY, leaks},
    {"temporary", "Temporary", 9, KP_SHOWN_FOR_MEMORY, temporary},
};

unsigned kp_columns_shown(enum kp_column_shown shown)
{
    unsigned columns = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        columns |= (unsigned)(kp_columns[i].shown == shown) << i;
    return columns;
}

unsigned kp_columns_memory_default(void)
{
    unsigned columns = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        if (strcmp(kp_columns[i].key, "allocated") == 0 || strcmp(kp_columns[i].key, "peak") == 0 ||
            strcmp(kp_columns[i].key, "leaked") == 0)
            columns |= 1U << i;
    return columns;
}

unsigned kp_columns_of_memory_text(unsigned columns)
{
    unsigned text = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        for (size_t m = 0; columns >> i & 1 && kp_memory_columns[m].key; m++)
            text |= (unsigned)(strcmp(kp_columns[i].key, kp_memory_columns[m].key) == 0) << m;
    return text;
}

static int fail_unknown(const char *key, int length, struct kp_error *error)
{
    char known[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", kp_columns[i].key);
    used += (size_t)snprintf(known + used, sizeof known - used, ", ranks");
    return kp_fail(error, "--columns: unknown column '%.*s'; there are: %s", length, key, known);
}

int kp_columns_add(unsigned *columns, const char *list, struct kp_error *error)
{
    *columns |= list ? 0 : kp_columns_shown(KP_SHOWN_ON_REQUEST);
    while (list && *list) {
        size_t length = strcspn(list, ",");
        size_t i = 0;
        while (i < KP_COLUMN_COUNT &&
               (strlen(kp_columns[i].key) != length || strncmp(kp_columns[i].key, list, length) != 0))
            i++;
        if (length == 5 && strncmp(list, "ranks", length) == 0)
            *columns |= kp_columns_shown(KP_SHOWN_FOR_RANKS);
        else if (i == KP_COLUMN_COUNT)
            return fail_unknown(list, (int)length, error);
        else
            *columns |= 1U << i;
        list += length + (list[length] == ',');
    }
    return 0;
}
