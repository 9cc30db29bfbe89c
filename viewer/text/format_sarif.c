/* SARIF 2.1.0 (OASIS): the lines that have at least a hundredth of all own time, as notes. */
#include "viewer/text/format.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/model/hot_lines.h"

enum { HUNDREDTHS = 100, LINES_WITHOUT_TIMES = 20 };

/* RFC 3986: a relative path stays one. */
static char *uri_of(const char *path)
{
    char *uri = malloc(3 * strlen(path) + sizeof "file://");
    if (!uri)
        return NULL;
    size_t used = (size_t)sprintf(uri, "%s", *path == '/' ? "file://" : "");
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if ((c < 0x80 && isalnum(c)) || strchr("-._~/", c))
            uri[used++] = (char)c;
        else
            used += (size_t)sprintf(uri + used, "%%%02X", c);
    }
    uri[used] = '\0';
    return uri;
}

static void add(struct json_object *to, const char *key, struct json_object *value)
{
    json_object_object_add(to, key, value);
}

static struct json_object *message_of(const struct kp_listing *listing, const struct kp_hot_line *hot)
{
    char *text = NULL;
    size_t size = 0;
    struct json_object *message = json_object_new_object();
    FILE *memory = open_memstream(&text, &size);
    if (memory) {
        kp_format_figures(listing, hot->function, hot->line, memory);
        fprintf(memory, " in %s", hot->function->name);
        fclose(memory);
    }
    add(message, "text", json_object_new_string(text ? text : ""));
    free(text);
    return message;
}

static struct json_object *location_of(const struct kp_listing *listing, const struct kp_hot_line *hot)
{
    char *uri = uri_of(listing->sources[hot->line->source].shown);
    struct json_object *location = json_object_new_object();
    struct json_object *physical = json_object_new_object();
    struct json_object *artifact = json_object_new_object();
    struct json_object *region = json_object_new_object();
    add(artifact, "uri", json_object_new_string(uri ? uri : ""));
    add(region, "startLine", json_object_new_int64(hot->line->line));
    add(physical, "artifactLocation", artifact);
    add(physical, "region", region);
    add(location, "physicalLocation", physical);
    free(uri);
    return location;
}

static struct json_object *result_of(const struct kp_listing *listing, const struct kp_hot_line *hot)
{
    struct json_object *result = json_object_new_object();
    struct json_object *locations = json_object_new_array();
    json_object_array_add(locations, location_of(listing, hot));
    add(result, "ruleId", json_object_new_string("hot-line"));
    add(result, "level", json_object_new_string("note"));
    add(result, "message", message_of(listing, hot));
    add(result, "locations", locations);
    return result;
}

static struct json_object *tool(void)
{
    struct json_object *rule = json_object_new_object();
    struct json_object *description = json_object_new_object();
    struct json_object *rules = json_object_new_array();
    struct json_object *driver = json_object_new_object();
    struct json_object *whole = json_object_new_object();
    add(description, "text", json_object_new_string("A line on which the program spends its time"));
    add(rule, "id", json_object_new_string("hot-line"));
    add(rule, "shortDescription", description);
    json_object_array_add(rules, rule);
    add(driver, "name", json_object_new_string("kernprof"));
    add(driver, "version", json_object_new_string(KP_VERSION));
    add(driver, "rules", rules);
    add(whole, "driver", driver);
    return whole;
}

int kp_format_sarif(const struct kp_listing *listing, FILE *out, struct kp_error *error)
{
    size_t count;
    struct kp_hot_line *lines = kp_hot_lines(listing, 0, &count, error);
    if (!lines)
        return -1;
    double whole_ns = 0;
    for (size_t i = 0; i < count; i++)
        whole_ns += (double)kp_listing_number(lines[i].line, KP_COLUMN_SELF);
    struct json_object *results = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        double self_ns = (double)kp_listing_number(lines[i].line, KP_COLUMN_SELF);
        bool hot = whole_ns > 0 ? self_ns * HUNDREDTHS >= whole_ns : i < LINES_WITHOUT_TIMES;
        if (hot && lines[i].line->line > 0)
            json_object_array_add(results, result_of(listing, &lines[i]));
    }
    struct json_object *run = json_object_new_object();
    add(run, "tool", tool());
    add(run, "results", results);
    struct json_object *runs = json_object_new_array();
    json_object_array_add(runs, run);
    struct json_object *log = json_object_new_object();
    add(log, "$schema", json_object_new_string("https://json.schemastore.org/sarif-2.1.0.json"));
    add(log, "version", json_object_new_string("2.1.0"));
    add(log, "runs", runs);
    fputs(json_object_to_json_string_ext(log, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE), out);
    fputc('\n', out);
    json_object_put(log);
    free(lines);
    return 0;
}
