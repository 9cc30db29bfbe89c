/* The page of two profiles side by side. See page.h and compare.h. */
#include "viewer/page/page.h"

#include "viewer/page/page_data.h"

static void add_change(struct json_object *object, const struct kp_change *change)
{
    json_object_object_add(object, "old_ns", json_object_new_double(change->old_ns));
    json_object_object_add(object, "new_ns", json_object_new_double(change->new_ns));
    json_object_object_add(object, "noise_ns", json_object_new_double(change->noise_ns));
}

static struct json_object *verdict_of(enum kp_verdict verdict)
{
    return json_object_new_string(kp_verdict_name(verdict));
}

static struct json_object *place_of(const struct kp_listing_function *function, size_t first_source)
{
    if (!function)
        return NULL;
    struct json_object *place = json_object_new_object();
    json_object_object_add(place, "name", json_object_new_string(function->name));
    json_object_object_add(place, "source", json_object_new_int64((int64_t)(first_source + function->source)));
    json_object_object_add(place, "line", json_object_new_int64(function->line));
    json_object_object_add(place, "calls", json_object_new_int64(function->calls));
    return place;
}

struct columns {
    struct json_object *object;
    struct json_object *arrays[12];
    size_t count;
    size_t next; /* whose turn it is in the row that is being added */
};

static void add_value(struct columns *columns, struct json_object *value)
{
    json_object_array_add(columns->arrays[columns->next++ % columns->count], value);
}

static struct json_object *number_of(double value, bool known)
{
    return known ? kp_page_number(value) : NULL;
}

static const char *const line_keys[] = {
    "old_source", "old_line", "new_source", "new_line", "old_hits", "new_hits",
    "old_ns",     "new_ns",   "noise_ns",   "edited",   "verdict",
};

/* Its source and its number; null where a side has no such line. */
static void add_place(struct columns *columns, const struct kp_compare *compare,
                      const struct kp_compare_function *function, const struct kp_compare_line *line, bool new_side)
{
    int64_t number = new_side ? line->new_number : line->old_number;
    size_t source = 0;
    if (number) {
        const struct kp_source *of = kp_compare_source(compare, function, line, new_side);
        source = new_side ? compare->old->source_count + (size_t)(of - compare->new->sources)
                          : (size_t)(of - compare->old->sources);
    }
    add_value(columns, number_of((double)source, number != 0));
    add_value(columns, number_of((double)number, number != 0));
}

static struct json_object *lines_of(const struct kp_compare *compare, const struct kp_compare_function *function,
                                    double least_percent)
{
    struct columns columns = {.object = json_object_new_object(), .count = sizeof line_keys / sizeof *line_keys};
    for (size_t i = 0; i < columns.count; i++) {
        columns.arrays[i] = json_object_new_array();
        json_object_object_add(columns.object, line_keys[i], columns.arrays[i]);
    }
    for (size_t i = 0; i < function->line_count; i++) {
        const struct kp_compare_line *line = &function->lines[i];
        add_place(&columns, compare, function, line, false);
        add_place(&columns, compare, function, line, true);
        add_value(&columns, number_of(line->old_hits, line->old));
        add_value(&columns, number_of(line->new_hits, line->new));
        add_value(&columns, number_of(line->time.old_ns, line->old));
        add_value(&columns, number_of(line->time.new_ns, line->new));
        add_value(&columns, number_of(line->time.noise_ns, kp_compare_has_code(line)));
        add_value(&columns, number_of(line->edited, true));
        add_value(&columns, verdict_of(kp_compare_line_verdict(compare, line, least_percent)));
    }
    return columns.object;
}

static bool is_event(const struct kp_listing *listing, size_t column)
{
    return listing->columns.at[column].column->group == KP_GROUP_EVENTS;
}

/* Events of one run on the lines of a side, as arrays by key; null where the side has no such line. */
static struct json_object *events_of(const struct kp_compare *compare, const struct kp_compare_function *function,
                                     bool new_side)
{
    const struct kp_listing *listing = new_side ? compare->new : compare->old;
    struct json_object *events = json_object_new_object();
    for (size_t c = 0; c < listing->columns.count; c++) {
        if (!is_event(listing, c))
            continue;
        struct json_object *counts = json_object_new_array();
        for (size_t i = 0; i < function->line_count; i++) {
            const struct kp_listing_line *line = new_side ? function->lines[i].new : function->lines[i].old;
            double count = line ? (double)kp_column_number(line->stored, (enum kp_column_id)c) : 0;
            json_object_array_add(counts, number_of(count / (double)listing->profiles, line));
        }
        json_object_object_add(events, listing->columns.at[c].column->key, counts);
    }
    return events;
}

static struct json_object *event_columns_of(const struct kp_listing *listing)
{
    struct json_object *columns = json_object_new_array();
    for (size_t c = 0; c < listing->columns.count; c++)
        if (is_event(listing, c))
            json_object_array_add(columns, kp_page_column(listing->columns.at[c].column));
    return columns;
}

static struct json_object *functions_of(const struct kp_compare *compare, double least_percent)
{
    struct json_object *functions = json_object_new_array();
    for (size_t i = 0; i < compare->function_count; i++) {
        const struct kp_compare_function *function = &compare->functions[i];
        struct json_object *entry = json_object_new_object();
        json_object_object_add(entry, "old", place_of(function->old, 0));
        json_object_object_add(entry, "new", place_of(function->new, compare->old->source_count));
        add_change(entry, &function->time);
        json_object_object_add(entry, "verdict",
                               verdict_of(kp_compare_function_verdict(compare, function, least_percent)));
        json_object_object_add(entry, "lines", lines_of(compare, function, least_percent));
        json_object_object_add(entry, "old_events", events_of(compare, function, false));
        json_object_object_add(entry, "new_events", events_of(compare, function, true));
        json_object_array_add(functions, entry);
    }
    return functions;
}

static int add_side(struct json_object *data, const char *key, const struct kp_listing *listing,
                    const struct kp_page_side *side, struct kp_error *error)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(data, key, object);
    json_object_object_add(object, "name", json_object_new_string(side->name));
    json_object_object_add(object, "timed", json_object_new_boolean(listing->timed));
    json_object_object_add(object, "profiles", json_object_new_int64(listing->profiles));
    json_object_object_add(object, "events", event_columns_of(listing));
    return kp_page_add_view(object, side->profile, "runs", error);
}

int kp_page_compare(const struct kp_compare *compare, double least_percent, const struct kp_page_side *old,
                    const struct kp_page_side *new, FILE *out, struct kp_error *error)
{
    struct json_object *data = json_object_new_object();
    struct json_object *sources = json_object_new_array();
    struct json_object *total = json_object_new_object();
    kp_page_add_sources(sources, compare->old);
    kp_page_add_sources(sources, compare->new);
    add_change(total, &compare->total);
    json_object_object_add(total, "verdict", verdict_of(kp_compare_verdict(compare, &compare->total, least_percent)));
    json_object_object_add(data, "comparison", json_object_new_boolean(true));
    json_object_object_add(data, "kernprof", json_object_new_string(KP_VERSION));
    json_object_object_add(data, "noise_known", json_object_new_boolean(compare->noise_known));
    json_object_object_add(data, "least_percent", json_object_new_double(least_percent));
    json_object_object_add(data, "total", total);
    json_object_object_add(data, "sources", sources);
    json_object_object_add(data, "functions", functions_of(compare, least_percent));
    if (add_side(data, "old", compare->old, old, error) != 0 || add_side(data, "new", compare->new, new, error) != 0) {
        json_object_put(data);
        return -1;
    }
    return kp_page_write(data, out, error);
}
