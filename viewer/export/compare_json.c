/* A comparison as JSON. See compare_json.h. */
#include "viewer/export/compare_json.h"

#include <string.h>

#include "util/json.h"

static void add_change(struct json_object *object, const struct kp_change *change, enum kp_verdict verdict)
{
    kp_json_number(object, "old_ns", change->old_ns);
    kp_json_number(object, "new_ns", change->new_ns);
    kp_json_number(object, "change_ns", change->new_ns - change->old_ns);
    if (change->old_ns > 0)
        kp_json_number(object, "percent", 100 * (change->new_ns - change->old_ns) / change->old_ns);
    else
        kp_json_null(object, "percent");
    kp_json_number(object, "noise_ns", change->noise_ns);
    kp_json_text(object, "verdict", kp_verdict_name(verdict));
}

static void add_number(struct json_object *object, const char *key, int64_t number, bool known)
{
    if (known)
        kp_json_integer(object, key, number);
    else
        kp_json_null(object, key);
}

static void add_hits(struct json_object *object, const char *key, double hits, bool known)
{
    if (!known)
        kp_json_null(object, key);
    else if (hits == (double)(int64_t)hits)
        kp_json_integer(object, key, (int64_t)hits);
    else
        kp_json_number(object, key, hits);
}

static void add_text(struct json_object *object, const struct kp_compare *compare,
                     const struct kp_compare_function *function, const struct kp_compare_line *line)
{
    bool is_new = line->new_number != 0;
    size_t length;
    const char *text = kp_source_line(kp_compare_source(compare, function, line, is_new),
                                      is_new ? line->new_number : line->old_number, &length);
    json_object_object_add(object, "text", json_object_new_string_len(text, (int)length));
}

static void add_line(struct json_object *lines, const struct kp_compare *compare,
                     const struct kp_compare_function *function, const struct kp_compare_line *line,
                     double least_percent)
{
    struct json_object *object = kp_json_append_object(lines);
    add_number(object, "old_line", line->old_number, line->old_number != 0);
    add_number(object, "new_line", line->new_number, line->new_number != 0);
    add_hits(object, "old_hits", line->old_hits, line->old != NULL);
    add_hits(object, "new_hits", line->new_hits, line->new != NULL);
    add_change(object, &line->time, kp_compare_line_verdict(compare, line, least_percent));
    kp_json_flag(object, "edited", line->edited);
    add_text(object, compare, function, line);
}

static void add_function(struct json_object *functions, const struct kp_compare *compare,
                         const struct kp_compare_function *function, double least_percent)
{
    struct json_object *object = kp_json_append_object(functions);
    const struct kp_listing_function *old = function->old;
    const struct kp_listing_function *new = function->new;
    kp_json_text(object, "function", new ? new->name : old->name);
    kp_json_text(object, "old_function", old ? old->name : NULL);
    kp_json_text(object, "old_file", old ? compare->old->sources[old->source].path : NULL);
    kp_json_text(object, "new_file", new ? compare->new->sources[new->source].path : NULL);
    add_number(object, "old_line", old ? old->line : 0, old != NULL);
    add_number(object, "new_line", new ? new->line : 0, new != NULL);
    add_change(object, &function->time, kp_compare_function_verdict(compare, function, least_percent));
    struct json_object *lines = kp_json_array(object, "lines");
    for (size_t i = 0; i < function->line_count; i++)
        if (kp_compare_has_code(&function->lines[i]))
            add_line(lines, compare, function, &function->lines[i], least_percent);
}

static void add_side(struct json_object *document, const char *key, const struct kp_listing *listing)
{
    struct json_object *side = kp_json_object(document, key);
    kp_json_integer(side, "profiles", listing->profiles);
    kp_json_flag(side, "timed", listing->timed);
}

void kp_compare_json(const struct kp_compare *compare, double least_percent, FILE *out)
{
    struct json_object *document = json_object_new_object();
    add_side(document, "old", compare->old);
    add_side(document, "new", compare->new);
    kp_json_flag(document, "noise_known", compare->noise_known);
    add_change(kp_json_object(document, "total"), &compare->total,
               kp_compare_verdict(compare, &compare->total, least_percent));
    struct json_object *functions = kp_json_array(document, "functions");
    for (size_t i = 0; i < compare->function_count; i++)
        add_function(functions, compare, &compare->functions[i], least_percent);
    kp_json_write(document, out);
}
