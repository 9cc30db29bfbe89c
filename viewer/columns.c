/* See columns.h. */
#include "viewer/columns.h"

#include <stdio.h>
#include <string.h>

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

static struct kp_value rank_least(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->least_ns);
}

static double mean_ns(const struct kp_listing *listing, const struct kp_listing_line *line)
{
    return (double)line->time_ns / (double)listing->profiles;
}

static struct kp_value rank_mean(ARGUMENTS)
{
    (void)function;
    struct kp_value value = time_of(listing, line, line->time_ns);
    if (value.kind == KP_VALUE_TIME)
        value.number = mean_ns(listing, line);
    return value;
}

static struct kp_value rank_most(ARGUMENTS)
{
    (void)function;
    return time_of(listing, line, line->most_ns);
}

/* How much longer the slowest rank takes than the mean: what the others wait for it. */
static struct kp_value imbalance(ARGUMENTS)
{
    (void)function;
    double mean = mean_ns(listing, line);
    return listing->timed ? kp_value_percent((double)line->most_ns - mean, mean) : kp_value_none();
}

static struct kp_value slowest_rank(ARGUMENTS)
{
    (void)function;
    return listing->timed && line->time_ns > 0 && line->most_rank >= 0 ? kp_value_count(line->most_rank)
                                                                       : kp_value_none();
}

const struct kp_column kp_columns[KP_COLUMN_COUNT] = {
    {"hits", "Hits", 9, KP_SHOWN_ALWAYS, hits},
    {"time", "Time", 12, KP_SHOWN_ALWAYS, time_ns},
    {"perhit", "Per Hit", 8, KP_SHOWN_ALWAYS, per_hit},
    {"percent", "% Time", 8, KP_SHOWN_ALWAYS, percent},
    {"self", "Self", 12, KP_SHOWN_ON_REQUEST, self_ns},
    {"error", "Error", 9, KP_SHOWN_ON_REQUEST, error_ns},
    {"min", "Min", 9, KP_SHOWN_ON_REQUEST, min_ns},
    {"max", "Max", 9, KP_SHOWN_ON_REQUEST, max_ns},
    {"rankmin", "Rank Min", 9, KP_SHOWN_FOR_RANKS, rank_least},
    {"rankmean", "Rank Mean", 9, KP_SHOWN_FOR_RANKS, rank_mean},
    {"rankmax", "Rank Max", 9, KP_SHOWN_FOR_RANKS, rank_most},
    {"imbalance", "Imbal. %", 8, KP_SHOWN_FOR_RANKS, imbalance},
    {"slowest", "Slowest", 7, KP_SHOWN_FOR_RANKS, slowest_rank},
};

static unsigned columns_shown(enum kp_column_shown shown)
{
    unsigned columns = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        columns |= (unsigned)(kp_columns[i].shown == shown) << i;
    return columns;
}

unsigned kp_columns_default(void)
{
    return columns_shown(KP_SHOWN_ALWAYS);
}

unsigned kp_columns_ranks(void)
{
    return columns_shown(KP_SHOWN_FOR_RANKS);
}

static int fail_unknown(const char *key, int length, struct kp_error *error)
{
    char known[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", kp_columns[i].key);
    used += (size_t)snprintf(known + used, sizeof known - used, ", ranks");
    return kp_fail(error, "--columns: unknown column '%.*s'; there are: %s", length, key, known);
}

int kp_columns_parse(const char *list, unsigned *columns, struct kp_error *error)
{
    *columns = kp_columns_default() | (list ? 0 : columns_shown(KP_SHOWN_ON_REQUEST));
    while (list && *list) {
        size_t length = strcspn(list, ",");
        size_t i = 0;
        while (i < KP_COLUMN_COUNT &&
               (strlen(kp_columns[i].key) != length || strncmp(kp_columns[i].key, list, length) != 0))
            i++;
        if (length == 5 && strncmp(list, "ranks", length) == 0)
            *columns |= kp_columns_ranks();
        else if (i == KP_COLUMN_COUNT)
            return fail_unknown(list, (int)length, error);
        else
            *columns |= 1U << i;
        list += length + (list[length] == ',');
    }
    return 0;
}
