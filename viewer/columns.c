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

const struct kp_column kp_columns[KP_COLUMN_COUNT] = {
    {"hits", "Hits", 9, true, hits},         {"time", "Time", 12, true, time_ns},
    {"perhit", "Per Hit", 8, true, per_hit}, {"percent", "% Time", 8, true, percent},
    {"self", "Self", 12, false, self_ns},    {"error", "Error", 9, false, error_ns},
    {"min", "Min", 9, false, min_ns},        {"max", "Max", 9, false, max_ns},
};

unsigned kp_columns_default(void)
{
    unsigned columns = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        columns |= (unsigned)kp_columns[i].always << i;
    return columns;
}

static int fail_unknown(const char *key, int length, struct kp_error *error)
{
    char known[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < KP_COLUMN_COUNT; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", kp_columns[i].key);
    return kp_fail(error, "--columns: unknown column '%.*s'; there are: %s", length, key, known);
}

int kp_columns_parse(const char *list, unsigned *columns, struct kp_error *error)
{
    *columns = list ? kp_columns_default() : (1U << KP_COLUMN_COUNT) - 1;
    while (list && *list) {
        size_t length = strcspn(list, ",");
        size_t i = 0;
        while (i < KP_COLUMN_COUNT &&
               (strlen(kp_columns[i].key) != length || strncmp(kp_columns[i].key, list, length) != 0))
            i++;
        if (i == KP_COLUMN_COUNT)
            return fail_unknown(list, (int)length, error);
        *columns |= 1U << i;
        list += length + (list[length] == ',');
    }
    return 0;
}
