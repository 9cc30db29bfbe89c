/* See merge_identity.h. */
#include "kernprof/merge/merge_identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/map.h"
#include "format/profile.h"

static int take_module(struct kp_merge_input *input, sqlite3_stmt *row)
{
    struct kp_merge *merge = input->merge;
    int64_t map_hash = sqlite3_column_int64(row, 3);
    const char *path = kp_merge_column_text(row, 1);
    const char *build_id = kp_merge_column_text(row, 2);
    const char *strings[] = {path, build_id, NULL};
    uint32_t before = merge->module_keys.count;
    struct kp_merge_module *modules = kp_merge_room(merge->modules, &merge->module_room, before + 1, sizeof *modules);
    if (!modules)
        return kp_merge_fail_memory(input);
    merge->modules = modules;
    uint32_t number = kp_merge_add_key(&merge->module_keys, strings, &map_hash, sizeof map_hash);
    if (number == before) {
        modules[number] = (struct kp_merge_module){strdup(path), strdup(build_id), map_hash};
        if (!modules[number].path || !modules[number].build_id)
            return kp_merge_fail_memory(input);
    }
    return kp_merge_add_item(input, &input->modules, sqlite3_column_int64(row, 0), number);
}

/* Decompresses the text and finds its lines; a text that cannot be read is one that is not known. */
static int read_text(struct kp_merge_input *input, struct kp_merge_source *source, int64_t id)
{
    size_t size = 0;
    source->text = source->packed ? kp_profile_source(input->profile, id, &size, NULL) : NULL;
    if (!source->text)
        return 0;
    size_t count = size > 0 && source->text[size - 1] != '\n';
    for (size_t i = 0; i < size; i++)
        count += source->text[i] == '\n';
    source->starts = calloc(count + 1, sizeof *source->starts);
    if (!source->starts)
        return kp_merge_fail_memory(input);
    size_t line = 0;
    for (size_t i = 0; i < size; i++)
        if (source->text[i] == '\n' && line < count)
            source->starts[++line] = i + 1;
    source->starts[count] = size;
    source->line_count = count;
    return 0;
}

static int take_source(struct kp_merge_input *input, sqlite3_stmt *row)
{
    struct kp_merge *merge = input->merge;
    const void *packed = sqlite3_column_blob(row, 6);
    size_t packed_size = packed ? (size_t)sqlite3_column_bytes(row, 6) : 0;
    const char *path = kp_merge_column_text(row, 1);
    char numbers[160];
    snprintf(numbers, sizeof numbers, "%lld %lld %lld %lld", (long long)sqlite3_column_int64(row, 2),
             (long long)sqlite3_column_int64(row, 3), (long long)sqlite3_column_int64(row, 4),
             (long long)sqlite3_column_int64(row, 5));
    const char *strings[] = {path, numbers, NULL};
    uint32_t before = merge->source_keys.count;
    struct kp_merge_source *sources = kp_merge_room(merge->sources, &merge->source_room, before + 1, sizeof *sources);
    if (!sources)
        return kp_merge_fail_memory(input);
    merge->sources = sources;
    uint32_t number = kp_merge_add_key(&merge->source_keys, strings, packed, packed_size);
    if (number == before) {
        struct kp_merge_source *source = &sources[number];
        *source = (struct kp_merge_source){
            .path = strdup(path),
            .checksum = sqlite3_column_int64(row, 2),
            .whole = sqlite3_column_int64(row, 3),
            .changed = sqlite3_column_int64(row, 4),
            .size = sqlite3_column_int64(row, 5),
            .packed = packed_size ? malloc(packed_size) : NULL,
            .packed_size = packed_size,
            .path_number = kp_index_add(&merge->paths, path, strlen(path)),
        };
        if (!source->path || source->path_number == KP_INDEX_NONE || (packed_size && !source->packed))
            return kp_merge_fail_memory(input);
        if (packed_size)
            memcpy(source->packed, packed, packed_size);
        if (read_text(input, source, sqlite3_column_int64(row, 0)) != 0)
            return -1;
    }
    return kp_merge_add_item(input, &input->sources, sqlite3_column_int64(row, 0), number);
}

/* What the text of the function is: by its lines, or by its file as compiled and its place there, or by its build. */
static uint64_t text_of_function(const struct kp_merge *merge, const struct kp_merge_function *function)
{
    const struct kp_merge_source *source = &merge->sources[function->source];
    uint64_t text = kp_merge_text(source, function->line, function->line + function->length);
    if (text)
        return text;
    uint64_t sum = (uint64_t)source->checksum;
    if (!sum && function->module != KP_INDEX_NONE) {
        const struct kp_merge_module *module = &merge->modules[function->module];
        sum = kp_hash(module->build_id, strlen(module->build_id)) ^ (uint64_t)module->map_hash;
    }
    return (sum ^ (uint64_t)function->line) * 0x9e3779b97f4a7c15u;
}

static int take_function(struct kp_merge_input *input, sqlite3_stmt *row)
{
    struct kp_merge *merge = input->merge;
    size_t count = input->functions.count;
    struct kp_merge_input_function *local = kp_merge_room(input->local, &input->local_room, count + 1, sizeof *local);
    if (!local)
        return kp_merge_fail_memory(input);
    input->local = local;
    int64_t line = sqlite3_column_int64(row, 3);
    int64_t last_line = sqlite3_column_int64(row, 4);
    struct kp_merge_function function = {
        .source = kp_merge_find_number(&input->sources, sqlite3_column_int64(row, 2)),
        .module = kp_merge_find_number(&input->modules, sqlite3_column_int64(row, 1)),
        .line = line,
    };
    if (function.source == KP_INDEX_NONE)
        return kp_merge_fail_damaged(input, "a function without a source");
    if (line < 0 || line > INT32_MAX || last_line > INT32_MAX)
        return kp_merge_fail_damaged(input, "a function without a place");
    function.length = last_line > line ? last_line - line : 0;
    function.text = text_of_function(merge, &function);
    const char *strings[] = {merge->sources[function.source].path, kp_merge_column_text(row, 5),
                             kp_merge_column_text(row, 6), NULL};
    function.name = kp_merge_add_key(&merge->names, strings, NULL, 0);
    if (function.name == KP_INDEX_NONE)
        return kp_merge_fail_memory(input);
    local[count] = (struct kp_merge_input_function){.function = function, .id = sqlite3_column_int64(row, 0)};
    return kp_merge_add_item(input, &input->functions, local[count].id, 0);
}

static int compare_identities(const struct kp_merge_function *a, const struct kp_merge_function *b)
{
    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    if (a->text != b->text)
        return a->text < b->text ? -1 : 1;
    return (a->length > b->length) - (a->length < b->length);
}

static int compare_local(const void *left, const void *right, void *merge)
{
    const struct kp_merge_input_function *a = *(const struct kp_merge_input_function *const *)left;
    const struct kp_merge_input_function *b = *(const struct kp_merge_input_function *const *)right;
    int order = compare_identities(&a->function, &b->function);
    order = order ? order : kp_merge_compare_places(merge, &a->function, &b->function);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

static int add_function(struct kp_merge *merge, struct kp_merge_input_function *local)
{
    const struct kp_merge_function *function = &local->function;
    struct {
        uint32_t name, ordinal;
        uint64_t text;
        int64_t length;
    } key = {function->name, function->ordinal, function->text, function->length};
    uint32_t before = merge->function_keys.count;
    struct kp_merge_function *functions =
        kp_merge_room(merge->functions, &merge->function_room, before + 1, sizeof *functions);
    if (!functions)
        return -1;
    merge->functions = functions;
    local->number = kp_index_add(&merge->function_keys, &key, sizeof key);
    if (local->number == KP_INDEX_NONE)
        return -1;
    if (local->number == before)
        functions[before] = *function;
    return 0;
}

/* Numbers functions that nothing but their module tells apart (an inline function in two libraries). */
static int number_functions(struct kp_merge_input *input)
{
    size_t count = input->functions.count;
    struct kp_merge_input_function **sorted = malloc((count + 1) * sizeof *sorted);
    if (!sorted)
        return kp_merge_fail_memory(input);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &input->local[i];
    if (count)
        qsort_r(sorted, count, sizeof *sorted, compare_local, input->merge);
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        if (i > 0 && compare_identities(&sorted[i - 1]->function, &sorted[i]->function) == 0)
            sorted[i]->function.ordinal = sorted[i - 1]->function.ordinal + 1;
        status = add_function(input->merge, sorted[i]);
    }
    for (size_t i = 0; i < count; i++)
        input->functions.item[i].number = input->local[i].number;
    free(sorted);
    return status == 0 ? 0 : kp_merge_fail_memory(input);
}

/* Events are the same if they have the same name and unit, whatever their numbers are. */
static int take_event(struct kp_merge_input *input, sqlite3_stmt *row)
{
    const char *strings[] = {kp_merge_column_text(row, 1), kp_merge_column_text(row, 2), NULL};
    return kp_merge_add_item(input, &input->events, sqlite3_column_int64(row, 0),
                             kp_merge_add_key(&input->merge->events, strings, NULL, 0));
}

int kp_merge_read_identities(struct kp_merge_input *input)
{
    int status =
        kp_merge_for_each_row(input, "SELECT id, path, build_id, map_hash FROM module ORDER BY id", take_module);
    if (status == 0)
        status = kp_merge_for_each_row(
            input, "SELECT id, path, checksum, whole, changed, size, text FROM source ORDER BY id", take_source);
    if (status == 0)
        status = kp_merge_for_each_row(
            input, "SELECT id, module, source, line, last_line, name, linkage_name FROM function ORDER BY id",
            take_function);
    if (status == 0 && kp_profile_has_events(input->profile))
        status = kp_merge_for_each_row(input, "SELECT id, name, unit FROM event ORDER BY id", take_event);
    return status == 0 ? number_functions(input) : status;
}
