/* See samples_file.h. JSON: {"events": [name, ...], "files": [[path, build id, module's hash], ...], "places": [[kind,
 * cost, samples, is exact, file, offset, caller's file, caller's offset, ...], ...]}; kind is the name of a kind of
 * cost. */
#include "kernprof/sample/samples_file.h"

#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kernprof/sample/cost_kinds.h"
#include "util/now.h"
#include "util/output.h"
#include "util/text_file.h"

/* Writing may take a fiftieth of a processor. */
enum { PAUSE_FACTOR = 50 };

static char *path_in(const char *folder)
{
    char *path;
    return asprintf(&path, "%s/" KP_SAMPLES_FILE_NAME, folder) < 0 ? NULL : path;
}

static struct json_object *place_to_json(const struct kp_sample_place *place)
{
    struct json_object *array = json_object_new_array();
    json_object_array_add(array, json_object_new_string(kp_cost_kinds[place->kind].name));
    json_object_array_add(array, json_object_new_uint64(place->cost));
    json_object_array_add(array, json_object_new_uint64(place->samples));
    json_object_array_add(array, json_object_new_uint64(place->is_exact));
    for (uint32_t i = 0; i < place->frame_count; i++) {
        json_object_array_add(array, json_object_new_uint64(place->frames[i].file));
        json_object_array_add(array, json_object_new_uint64(place->frames[i].offset));
    }
    return array;
}

static struct json_object *to_json(const struct kp_samples *samples)
{
    struct json_object *json = json_object_new_object(), *files = json_object_new_array(),
                       *places = json_object_new_array(), *events = json_object_new_array();
    for (unsigned i = 0; kp_cost_kinds[i].name; i++)
        if (samples->events >> i & 1)
            json_object_array_add(events, json_object_new_string(kp_cost_kinds[i].name));
    for (uint32_t i = 0; i < samples->file_count; i++) {
        struct json_object *file = json_object_new_array();
        json_object_array_add(file, json_object_new_string(samples->files[i].path));
        json_object_array_add(file, json_object_new_string(samples->files[i].build_id));
        json_object_array_add(file, json_object_new_uint64(samples->files[i].module_hash));
        json_object_array_add(files, file);
    }
    for (uint32_t i = 0; i < samples->count; i++)
        json_object_array_add(places, place_to_json(&samples->places[i]));
    json_object_object_add(json, "events", events);
    json_object_object_add(json, "files", files);
    json_object_object_add(json, "places", places);
    return json;
}

/* A limit to the size of files is an error like any other. */
static void write_samples(const char *folder, const struct kp_samples *samples)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, saved;
    sigaction(SIGXFSZ, &ignore, &saved);
    struct kp_output output;
    struct kp_error ignored;
    char *path = path_in(folder);
    struct json_object *json = to_json(samples);
    if (path && kp_output_open(&output, path, &ignored) == 0) {
        fchmod(fileno(output.stream), 0600);
        fputs(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN), output.stream);
        kp_output_close(&output, &ignored);
    }
    json_object_put(json);
    free(path);
    sigaction(SIGXFSZ, &saved, NULL);
}

void kp_samples_save(struct kp_samples_saver *saver)
{
    int64_t begin = kp_now_ns(CLOCK_MONOTONIC);
    if (!*saver->sampler || begin < saver->next_ns)
        return;
    struct kp_samples samples = {0};
    kp_perf_sampler_look(*saver->sampler, &samples);
    write_samples(saver->folder, &samples);
    kp_samples_free(&samples);
    int64_t end = kp_now_ns(CLOCK_MONOTONIC), pause = PAUSE_FACTOR * (end - begin);
    saver->next_ns = end + (pause > KP_SAMPLES_INTERVAL_NS ? pause : KP_SAMPLES_INTERVAL_NS);
}

/* Element `i` of an array, if it is one of `count` elements and that one is of `type`; else NULL. */
static struct json_object *element(struct json_object *array, size_t count, size_t i, json_type type)
{
    if (!json_object_is_type(array, json_type_array) || json_object_array_length(array) != count)
        return NULL;
    struct json_object *value = json_object_array_get_idx(array, i);
    return json_object_is_type(value, type) ? value : NULL;
}

static int number(struct json_object *array, size_t count, size_t i, uint64_t *value)
{
    struct json_object *found = element(array, count, i, json_type_int);
    *value = found ? json_object_get_uint64(found) : 0;
    return found ? 0 : -1;
}

/* The numbers that the files have in `samples`, to be freed. NULL: damaged, or out of memory. */
static uint32_t *add_files(struct json_object *files, struct kp_samples *samples)
{
    size_t count = json_object_array_length(files);
    uint32_t *numbers = calloc(count + 1, sizeof *numbers);
    for (size_t i = 0; numbers && i < count; i++) {
        struct json_object *file = json_object_array_get_idx(files, i);
        struct json_object *path = element(file, 3, 0, json_type_string),
                           *build_id = element(file, 3, 1, json_type_string);
        uint64_t hash;
        if (!path || !build_id || number(file, 3, 2, &hash) != 0) {
            free(numbers);
            return NULL;
        }
        numbers[i] = kp_samples_file(samples, json_object_get_string(path), json_object_get_string(build_id), hash);
    }
    return numbers;
}

/* The kind of cost of that name, or -1. */
static int kind_of(struct json_object *name)
{
    return json_object_is_type(name, json_type_string) ? kp_cost_kind_find(json_object_get_string(name)) : -1;
}

static int add_place(struct json_object *array, const uint32_t *files, size_t file_count, struct kp_samples *samples)
{
    size_t count = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
    struct kp_sample_place place = {.frame_count = count > 4 ? (uint32_t)(count - 4) / 2 : 0};
    uint64_t is_exact;
    int kind = count ? kind_of(json_object_array_get_idx(array, 0)) : -1;
    if (kind < 0 || place.frame_count == 0 || count > 4 + 2 * KP_SAMPLE_FRAMES || count % 2 != 0 ||
        number(array, count, 1, &place.cost) != 0 || number(array, count, 2, &place.samples) != 0 ||
        number(array, count, 3, &is_exact) != 0)
        return -1;
    place.kind = (uint32_t)kind;
    place.is_exact = is_exact != 0;
    for (uint32_t i = 0; i < place.frame_count; i++) {
        uint64_t file;
        if (number(array, count, 4 + 2 * i, &file) != 0 || file >= file_count ||
            number(array, count, 5 + 2 * i, &place.frames[i].offset) != 0)
            return -1;
        place.frames[i].file = files[file];
    }
    kp_samples_add(samples, &place);
    return 0;
}

static int add_places(struct json_object *places, const uint32_t *files, size_t file_count, struct kp_samples *samples)
{
    for (size_t i = 0; i < json_object_array_length(places); i++)
        if (add_place(json_object_array_get_idx(places, i), files, file_count, samples) != 0)
            return -1;
    return 0;
}

static int add_events(struct json_object *events, struct kp_samples *samples)
{
    for (size_t i = 0; i < json_object_array_length(events); i++) {
        int kind = kind_of(json_object_array_get_idx(events, i));
        if (kind < 0)
            return -1;
        samples->events |= UINT32_C(1) << kind;
    }
    return 0;
}

/* The array under `key`; NULL: there is none. */
static struct json_object *array_in(struct json_object *json, const char *key)
{
    struct json_object *array = NULL;
    json_object_object_get_ex(json, key, &array);
    return json_object_is_type(array, json_type_array) ? array : NULL;
}

static int from_json(struct json_object *json, struct kp_samples *samples)
{
    struct json_object *events = array_in(json, "events"), *files = array_in(json, "files"),
                       *places = array_in(json, "places");
    if (!events || !files || !places || add_events(events, samples) != 0)
        return -1;
    uint32_t *numbers = add_files(files, samples);
    int result = numbers ? add_places(places, numbers, json_object_array_length(files), samples) : -1;
    free(numbers);
    return result;
}

int kp_samples_read(const char *folder, struct kp_samples *samples)
{
    char *path = path_in(folder);
    struct stat status;
    size_t size;
    int ours = path && lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid();
    char *text = ours ? kp_read_text_file(path, &size) : NULL;
    struct json_object *json = text ? json_tokener_parse(text) : NULL;
    struct kp_samples read = {0};
    int result = json ? from_json(json, &read) : -1;
    if (result == 0)
        kp_samples_add_all(samples, &read);
    kp_samples_free(&read);
    json_object_put(json);
    free(text);
    free(path);
    return result;
}
