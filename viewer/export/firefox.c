/* firefox: Firefox Profiler's processed format, version 66, which the site upgrades when it opens the file. Sources are
 * embedded, and its line view adds a sample's weight to the lines on its stack, so that exact times go in as weights.
 */
#include "viewer/export/export.h"
#include "util/json.h"
#include "viewer/model/stacks.h"

#include <stdlib.h>

enum { VERSION = 66, GECKO_VERSION = 24 };

/* Columns of a table that are the same in every row. */
static void add_columns(struct json_object *table, const char *const *keys, size_t rows,
                        const struct json_object *value)
{
    for (; *keys; keys++) {
        struct json_object *column = kp_json_array(table, *keys);
        for (size_t i = 0; i < rows; i++)
            json_object_array_add(column, json_object_get((struct json_object *)value));
    }
}

static void add_constants(struct json_object *table, size_t rows, const char *const *nulls, const char *const *zeros,
                          const char *const *minus_ones, const char *const *falses)
{
    static const char *const none[] = {NULL};
    struct json_object *zero = json_object_new_int(0);
    struct json_object *minus_one = json_object_new_int(-1);
    struct json_object *no = json_object_new_boolean(0);
    add_columns(table, nulls ? nulls : none, rows, NULL);
    add_columns(table, zeros ? zeros : none, rows, zero);
    add_columns(table, minus_ones ? minus_ones : none, rows, minus_one);
    add_columns(table, falses ? falses : none, rows, no);
    json_object_put(zero);
    json_object_put(minus_one);
    json_object_put(no);
    kp_json_integer(table, "length", (int64_t)rows);
}

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void add_meta(struct json_object *document, const struct kp_call_graph *model)
{
    struct json_object *meta = kp_json_object(document, "meta");
    kp_json_integer(meta, "interval", 1);
    kp_json_number(meta, "startTime", model->start_s * 1000);
    kp_json_integer(meta, "processType", 0);
    kp_json_text(meta, "product", model->command);
    kp_json_integer(meta, "stackwalk", 0);
    kp_json_integer(meta, "version", GECKO_VERSION);
    kp_json_integer(meta, "preprocessedProfileVersion", VERSION);
    struct json_object *category = kp_json_append_object(kp_json_array(meta, "categories"));
    kp_json_text(category, "name", "Other");
    kp_json_text(category, "color", "grey");
    kp_json_append_text(kp_json_array(category, "subcategories"), "Other");
    kp_json_array(meta, "markerSchema");
    struct json_object *units = kp_json_object(meta, "sampleUnits");
    kp_json_text(units, "time", "ms");
    kp_json_text(units, "eventDelay", "ms");
    kp_json_text(units, "threadCPUDelta", "ns");
    kp_json_flag(meta, "symbolicated", 1);
    kp_json_flag(meta, "symbolicationNotSupported", 1);
    kp_json_flag(meta, "sourceCodeIsNotOnSearchfox", 1);
    kp_json_flag(meta, "usesOnlyOneStackType", 1);
    kp_json_text(meta, "importedFrom", "kernprof");
}

/* Strings: paths of the sources first, then names of the functions. */
static void add_strings(struct json_object *shared, const struct kp_call_graph *model)
{
    struct json_object *strings = kp_json_array(shared, "stringArray");
    for (size_t i = 0; i < model->source_count; i++)
        kp_json_append_text(strings, model->sources[i].path);
    for (size_t i = 0; i < model->function_count; i++)
        kp_json_append_text(strings, model->functions[i].name);
}

static void add_sources(struct json_object *shared, const struct kp_call_graph *model)
{
    struct json_object *table = kp_json_object(shared, "sources");
    struct json_object *names = kp_json_array(table, "filename");
    struct json_object *lines = kp_json_array(table, "startLine");
    struct json_object *columns = kp_json_array(table, "startColumn");
    struct json_object *contents = kp_json_array(table, "content");
    for (size_t i = 0; i < model->source_count; i++) {
        kp_json_append_integer(names, (int64_t)i);
        kp_json_append_integer(lines, 1);
        kp_json_append_integer(columns, 1);
        kp_json_append_text(contents, model->sources[i].text ? model->sources[i].text : NULL);
    }
    add_constants(table, model->source_count, KEYS("id", "sourceMapURL"), NULL, NULL, NULL);
}

/* A function with lines in several files is one for each file: a function has one source there. So functions are as
 * many as frames have pairs of the two, numbered as they come. */
static void add_functions(struct json_object *shared, const struct kp_call_graph *model, const struct kp_stacks *stacks,
                          const size_t *function_of_frame, size_t count)
{
    struct json_object *table = kp_json_object(shared, "funcTable");
    struct json_object *names = kp_json_array(table, "name");
    struct json_object *sources = kp_json_array(table, "source");
    struct json_object *lines = kp_json_array(table, "lineNumber");
    size_t next = 0;
    for (size_t i = 0; i < stacks->frame_count && next < count; i++) {
        const struct kp_frame *frame = &stacks->frames[i];
        if (function_of_frame[i] != next)
            continue; /* has its row already */
        kp_json_append_integer(names, (int64_t)(model->source_count + frame->function));
        kp_json_append_integer(sources, (int64_t)frame->source);
        kp_json_append_integer(lines, model->functions[frame->function].line);
        next++;
    }
    add_constants(table, count, KEYS("columnNumber", "originalLocation"), NULL, KEYS("resource"),
                  KEYS("isJS", "relevantForJS"));
}

static void add_frames(struct json_object *shared, const struct kp_stacks *stacks, const size_t *function_of_frame)
{
    struct json_object *table = kp_json_object(shared, "frameTable");
    struct json_object *functions = kp_json_array(table, "func");
    struct json_object *lines = kp_json_array(table, "line");
    for (size_t i = 0; i < stacks->frame_count; i++) {
        kp_json_append_integer(functions, (int64_t)function_of_frame[i]);
        kp_json_append_integer(lines, stacks->frames[i].line);
    }
    add_constants(table, stacks->frame_count, KEYS("nativeSymbol", "column", "originalLocation"),
                  KEYS("inlineDepth", "category", "subcategory", "innerWindowID"), KEYS("address"), NULL);
}

/* The distance to the parent, 0 for a root. */
static void add_stacks(struct json_object *shared, const struct kp_stacks *stacks)
{
    struct json_object *table = kp_json_object(shared, "stackTable");
    struct json_object *frames = kp_json_array(table, "frame");
    struct json_object *offsets = kp_json_array(table, "prefixOffset");
    for (size_t i = 0; i < stacks->node_count; i++) {
        size_t parent = stacks->nodes[i].parent;
        kp_json_append_integer(frames, (int64_t)stacks->nodes[i].frame);
        kp_json_append_integer(offsets, parent == KP_STACK_ROOT ? 0 : (int64_t)(i - parent));
    }
    kp_json_integer(table, "length", (int64_t)stacks->node_count);
}

static void add_empty_tables(struct json_object *shared)
{
    static const char *const resource[] = {"lib", "name", "host", "type", NULL};
    static const char *const symbols[] = {"libIndex", "address", "name", "functionSize", NULL};
    static const char *const locations[] = {"source", "line", "column", NULL};
    add_constants(kp_json_object(shared, "resourceTable"), 0, resource, NULL, NULL, NULL);
    add_constants(kp_json_object(shared, "nativeSymbols"), 0, symbols, NULL, NULL, NULL);
    add_constants(kp_json_object(shared, "sourceLocationTable"), 0, locations, NULL, NULL, NULL);
}

/* Samples stand one after the other in time, each as long as its weight. */
static void add_samples(struct json_object *thread, const struct kp_call_graph *model, const struct kp_stacks *stacks)
{
    struct json_object *samples = kp_json_object(thread, "samples");
    struct json_object *nodes = kp_json_array(samples, "stack");
    struct json_object *times = kp_json_array(samples, "time");
    struct json_object *weights = kp_json_array(samples, "weight");
    double now = 0;
    int64_t count = 0;
    for (size_t i = 0; i < stacks->sample_count; i++) {
        const struct kp_stack_sample *sample = &stacks->samples[i];
        double weight = model->timed ? (double)sample->self_ns / 1e6 : (double)sample->hits;
        if (weight <= 0)
            continue;
        kp_json_append_integer(nodes, (int64_t)sample->node);
        kp_json_append_number(times, now);
        kp_json_append_number(weights, weight);
        now += model->timed ? weight : 1;
        count++;
    }
    kp_json_text(samples, "weightType", model->timed ? "tracing-ms" : "samples");
    kp_json_integer(samples, "length", count);
}

static void add_thread(struct json_object *document, const struct kp_call_graph *model, const struct kp_stacks *stacks)
{
    struct json_object *thread = kp_json_append_object(kp_json_array(document, "threads"));
    kp_json_text(thread, "name", "all threads");
    kp_json_flag(thread, "isMainThread", 1);
    kp_json_text(thread, "processName", model->command);
    kp_json_text(thread, "processType", "default");
    kp_json_text(thread, "pid", "1");
    kp_json_integer(thread, "tid", 1);
    kp_json_integer(thread, "processStartupTime", 0);
    kp_json_null(thread, "processShutdownTime");
    kp_json_integer(thread, "registerTime", 0);
    kp_json_null(thread, "unregisterTime");
    kp_json_array(thread, "pausedRanges");
    static const char *const markers[] = {"data", "name", "startTime", "endTime", "phase", "category", NULL};
    add_constants(kp_json_object(thread, "markers"), 0, markers, NULL, NULL, NULL);
    add_samples(thread, model, stacks);
}

int kp_export_firefox(const struct kp_export_job *job, struct kp_error *error)
{
    struct kp_call_graph *model = job->model;
    struct kp_stacks stacks;
    if (kp_call_graph_read_sources(model, job->profile, error) != 0 || kp_stacks_build(&stacks, model, error) != 0)
        return -1;
    struct kp_index functions = {0};
    size_t *function_of_frame = calloc(stacks.frame_count + 1, sizeof *function_of_frame);
    for (size_t i = 0; i < stacks.frame_count && function_of_frame; i++) {
        size_t key[] = {stacks.frames[i].function, stacks.frames[i].source};
        function_of_frame[i] = kp_index_add(&functions, key, sizeof key);
    }
    if (function_of_frame) {
        struct json_object *document = json_object_new_object();
        add_meta(document, model);
        kp_json_array(document, "libs");
        struct json_object *shared = kp_json_object(document, "shared");
        add_strings(shared, model);
        add_sources(shared, model);
        add_functions(shared, model, &stacks, function_of_frame, functions.count);
        add_frames(shared, &stacks, function_of_frame);
        add_stacks(shared, &stacks);
        add_empty_tables(shared);
        add_thread(document, model, &stacks);
        kp_json_write(document, job->out);
    }
    int status = function_of_frame ? 0 : kp_fail(error, "firefox: out of memory");
    kp_index_free(&functions);
    free(function_of_frame);
    kp_stacks_free(&stacks);
    return status;
}
