/* Writes a merge as a profile. Ids are given in the order of content, and rows are written in the order of their keys,
 * so that the same content is the same file however it was put together. See merge_model.h. */
#include "kernprof/merge/merge_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/profile.h"
#include "kernprof/merge/merge.h"
#include "util/folder.h"

struct writer {
    const struct kp_merge *merge;
    sqlite3 *profile;
    const char *path; /* the name it will have, for messages */
    struct kp_error *error;
    int64_t *module_ids, *source_ids, *function_ids, *event_ids; /* by number in the merge; 0: not written */
};

static int fail_write(struct writer *writer)
{
    return kp_fail(writer->error, "%s: cannot be written: %s; choose another place with -o or free some space",
                   writer->path, sqlite3_errmsg(writer->profile));
}

static int fail_memory(struct writer *writer)
{
    return kp_fail(writer->error, "%s: out of memory", writer->path);
}

static int step(struct writer *writer, sqlite3_stmt *statement)
{
    int status = sqlite3_step(statement) == SQLITE_DONE ? 0 : fail_write(writer);
    sqlite3_reset(statement);
    return status;
}

static void mark_used(struct writer *writer)
{
    const struct kp_merge *merge = writer->merge;
    for (uint32_t i = 0; i < merge->function_keys.count; i++) {
        const struct kp_merge_function *function = &merge->functions[i];
        if (!function->used)
            continue;
        writer->source_ids[function->source] = 1;
        if (function->module != KP_INDEX_NONE)
            writer->module_ids[function->module] = 1;
    }
    for (int table = 0; table < KP_MERGE_TABLES; table++)
        for (size_t i = 0; i < merge->cells[table].room && i < merge->cells[table].keys.count; i++)
            if (merge->cells[table].rows[i].cell != KP_INDEX_NONE &&
                merge->cells[table].rows[i].source != KP_INDEX_NONE)
                writer->source_ids[merge->cells[table].rows[i].source] = 1;
}

static int by_module(const void *left, const void *right, void *merge)
{
    return kp_merge_compare_modules(merge, *(const uint32_t *)left, *(const uint32_t *)right);
}

static int by_source(const void *left, const void *right, void *merge)
{
    return kp_merge_compare_sources(merge, *(const uint32_t *)left, *(const uint32_t *)right);
}

/* All ties end at the ordinal, which is part of what a function is. */
static int by_function(const void *left, const void *right, void *context)
{
    const struct kp_merge *merge = context;
    const struct kp_merge_function *a = &merge->functions[*(const uint32_t *)left];
    const struct kp_merge_function *b = &merge->functions[*(const uint32_t *)right];
    int order = kp_merge_compare_places(merge, a, b);
    if (order == 0 && a->name != b->name) {
        size_t size;
        size_t other;
        const void *name = kp_index_key(&merge->names, a->name, &size);
        const void *other_name = kp_index_key(&merge->names, b->name, &other);
        order = memcmp(name, other_name, size < other ? size : other);
        order = order ? order : (size > other) - (size < other);
    }
    order = order ? order : (a->length > b->length) - (a->length < b->length);
    order = order ? order : (a->text > b->text) - (a->text < b->text);
    return order ? order : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/* Numbers of `count` things that have an id, in order; the ids become 1, 2, ... NULL: out of memory. */
static uint32_t *give_ids(struct writer *writer, int64_t *ids, uint32_t count, size_t *used,
                          int (*compare)(const void *, const void *, void *))
{
    uint32_t *order = malloc(((size_t)count + 1) * sizeof *order);
    if (!order)
        return NULL;
    *used = 0;
    for (uint32_t i = 0; i < count; i++)
        if (ids[i])
            order[(*used)++] = i;
    if (*used)
        qsort_r(order, *used, sizeof *order, compare, (void *)writer->merge);
    for (size_t i = 0; i < *used; i++)
        ids[order[i]] = (int64_t)i + 1;
    return order;
}

static int write_modules(struct writer *writer)
{
    size_t count;
    uint32_t *order = give_ids(writer, writer->module_ids, writer->merge->module_keys.count, &count, by_module);
    sqlite3_stmt *insert = kp_profile_prepare(writer->profile, "INSERT INTO module VALUES (?, ?, ?, ?)", writer->error);
    int status = !order ? fail_memory(writer) : insert ? 0 : -1;
    for (size_t i = 0; status == 0 && i < count; i++) {
        const struct kp_merge_module *module = &writer->merge->modules[order[i]];
        sqlite3_bind_int64(insert, 1, (int64_t)i + 1);
        sqlite3_bind_text(insert, 2, module->path, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, module->build_id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 4, module->map_hash);
        status = step(writer, insert);
    }
    sqlite3_finalize(insert);
    free(order);
    return status;
}

static int write_sources(struct writer *writer)
{
    size_t count;
    uint32_t *order = give_ids(writer, writer->source_ids, writer->merge->source_keys.count, &count, by_source);
    sqlite3_stmt *insert =
        kp_profile_prepare(writer->profile, "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?)", writer->error);
    int status = !order ? fail_memory(writer) : insert ? 0 : -1;
    for (size_t i = 0; status == 0 && i < count; i++) {
        const struct kp_merge_source *source = &writer->merge->sources[order[i]];
        sqlite3_bind_int64(insert, 1, (int64_t)i + 1);
        sqlite3_bind_text(insert, 2, source->path, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 3, source->checksum);
        sqlite3_bind_int64(insert, 4, source->whole);
        sqlite3_bind_int64(insert, 5, source->changed);
        sqlite3_bind_int64(insert, 6, source->size);
        sqlite3_bind_null(insert, 7);
        if (source->packed)
            sqlite3_bind_blob64(insert, 7, source->packed, source->packed_size, SQLITE_STATIC);
        status = step(writer, insert);
    }
    sqlite3_finalize(insert);
    free(order);
    return status;
}

static void bind_value(sqlite3_stmt *statement, int parameter, int64_t value)
{
    if (value == KP_UNKNOWN)
        sqlite3_bind_null(statement, parameter);
    else
        sqlite3_bind_int64(statement, parameter, value);
}

static int write_function(struct writer *writer, sqlite3_stmt *insert, uint32_t number)
{
    const struct kp_merge *merge = writer->merge;
    const struct kp_merge_function *function = &merge->functions[number];
    const char *path = kp_index_key(&merge->names, function->name, NULL);
    const char *name = path + strlen(path) + 1;
    const char *linkage_name = name + strlen(name) + 1;
    sqlite3_bind_int64(insert, 1, writer->function_ids[number]);
    bind_value(insert, 2, function->module == KP_INDEX_NONE ? KP_UNKNOWN : writer->module_ids[function->module]);
    sqlite3_bind_int64(insert, 3, writer->source_ids[function->source]);
    sqlite3_bind_int64(insert, 4, function->line);
    sqlite3_bind_int64(insert, 5, function->line + function->length);
    sqlite3_bind_text(insert, 6, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 7, linkage_name, -1, SQLITE_STATIC);
    struct kp_merge_key key = {.function = number, .path = KP_INDEX_NONE};
    const struct kp_merge_cells *cells = &merge->cells[KP_MERGE_FUNCTION];
    const struct kp_merge_row *row = &cells->rows[kp_index_find(&cells->keys, &key, sizeof key)];
    for (int i = 0; i < kp_merge_tables[KP_MERGE_FUNCTION].value_count; i++)
        bind_value(insert, 8 + i, row->values[i]);
    return step(writer, insert);
}

static int write_functions(struct writer *writer)
{
    const struct kp_merge *merge = writer->merge;
    for (uint32_t i = 0; i < merge->function_keys.count; i++)
        writer->function_ids[i] = merge->functions[i].used;
    size_t count;
    uint32_t *order = give_ids(writer, writer->function_ids, merge->function_keys.count, &count, by_function);
    sqlite3_stmt *insert = kp_profile_prepare(
        writer->profile,
        "INSERT INTO function (id, module, source, line, last_line, name, linkage_name, calls, primitive_calls, "
        "total_ns, self_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        writer->error);
    int status = !order ? fail_memory(writer) : insert ? 0 : -1;
    for (size_t i = 0; status == 0 && i < count; i++)
        status = write_function(writer, insert, order[i]);
    sqlite3_finalize(insert);
    free(order);
    return status;
}

/* A cell with its key as the profile has it. */
struct place {
    int64_t function, source, line;
    int64_t last; /* callee, thread or event */
    uint32_t cell;
};

static int by_place(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->last > b->last) - (a->last < b->last);
}

static int64_t last_of(const struct writer *writer, enum kp_merge_table_number table, const struct kp_merge_key *key)
{
    switch (table) {
    case KP_MERGE_ARC: return writer->function_ids[key->callee];
    case KP_MERGE_LINE_EVENT: return writer->event_ids[key->part];
    default: return key->part;
    }
}

/* The table's used cells in the order of their keys. NULL: out of memory. */
static struct place *sort_cells(struct writer *writer, enum kp_merge_table_number table, size_t *count)
{
    const struct kp_merge *merge = writer->merge;
    const struct kp_merge_cells *cells = &merge->cells[table];
    struct place *places = malloc(((size_t)cells->keys.count + 1) * sizeof *places);
    if (!places)
        return NULL;
    *count = 0;
    for (uint32_t i = 0; i < cells->keys.count && i < cells->room; i++) {
        const struct kp_merge_row *row = &cells->rows[i];
        if (row->cell == KP_INDEX_NONE)
            continue;
        struct kp_merge_key key;
        memcpy(&key, kp_index_key(&cells->keys, i, NULL), sizeof key);
        const struct kp_merge_function *function = &merge->functions[key.function];
        bool own = key.path == KP_INDEX_NONE;
        places[(*count)++] = (struct place){
            .function = writer->function_ids[key.function],
            .source = writer->source_ids[own ? function->source : row->source],
            .line = own ? function->line + key.line : key.line,
            .last = last_of(writer, table, &key),
            .cell = i,
        };
    }
    if (*count)
        qsort(places, *count, sizeof *places, by_place);
    return places;
}

/* "INSERT INTO `table` VALUES (?, ...)" over `keys`, all its `columns` given by name. */
static sqlite3_stmt *prepare_insert(struct writer *writer, const char *table, const char *columns, int parameters)
{
    char sql[512];
    int used = snprintf(sql, sizeof sql, "INSERT INTO %s (%s) VALUES (?", table, columns);
    for (int i = 1; i < parameters; i++)
        used += snprintf(sql + used, sizeof sql - (size_t)used, ", ?");
    snprintf(sql + used, sizeof sql - (size_t)used, ")");
    return kp_profile_prepare(writer->profile, sql, writer->error);
}

static int key_count(enum kp_merge_table_number table)
{
    switch (table) {
    case KP_MERGE_FUNCTION: return 1;
    case KP_MERGE_ARC:
    case KP_MERGE_LINE_EVENT:
    case KP_MERGE_THREAD_LINE: return 4;
    default: return 3;
    }
}

static void bind_place(sqlite3_stmt *insert, int keys, const struct place *place)
{
    const int64_t values[] = {place->function, place->source, place->line, place->last};
    for (int i = 0; i < keys; i++)
        sqlite3_bind_int64(insert, i + 1, values[i]);
}

static const char spread_columns[KP_MERGE_TABLES][128] = {
    [KP_MERGE_FUNCTION] = "function, profiles, min_calls, max_calls, min_total_ns, max_total_ns, max_rank",
    [KP_MERGE_LINE] = "function, source, line, profiles, min_hits, max_hits, min_time_ns, max_time_ns, max_rank",
};
static const char key_columns[KP_MERGE_TABLES][64] = {
    [KP_MERGE_LINE] = "function, source, line",
    [KP_MERGE_THREAD_LINE] = "function, source, line, thread",
    [KP_MERGE_LINE_EVENT] = "function, source, line, event",
    [KP_MERGE_ARC] = "caller, caller_source, caller_line, callee",
    [KP_MERGE_MEMORY_LINE] = "function, source, line",
};

/* The rows of a table: its values (of functions they are written already), or its spread. */
static int write_rows(struct writer *writer, enum kp_merge_table_number number, bool spread)
{
    const struct kp_merge_table *table = &kp_merge_tables[number];
    int keys = key_count(number);
    int first = spread ? table->value_count : 0;
    int values = spread ? KP_MERGE_SPREAD : table->value_count;
    char columns[320];
    snprintf(columns, sizeof columns, "%s, %s", key_columns[number], table->values);
    sqlite3_stmt *insert = prepare_insert(writer, spread ? table->spread : table->name,
                                          spread ? spread_columns[number] : columns, keys + values);
    size_t count = 0;
    struct place *places = sort_cells(writer, number, &count);
    int status = !places ? fail_memory(writer) : insert ? 0 : -1;
    for (size_t i = 0; status == 0 && i < count; i++) {
        const struct kp_merge_row *row = &writer->merge->cells[number].rows[places[i].cell];
        bind_place(insert, keys, &places[i]);
        for (int v = 0; v < values; v++)
            bind_value(insert, keys + 1 + v, row->values[first + v]);
        status = step(writer, insert);
    }
    free(places);
    sqlite3_finalize(insert);
    return status;
}

static int by_event(const void *left, const void *right, void *context)
{
    const struct kp_merge *merge = context;
    const char *a = kp_index_key(&merge->events, *(const uint32_t *)left, NULL);
    const char *b = kp_index_key(&merge->events, *(const uint32_t *)right, NULL);
    int order = strcmp(a, b);
    return order ? order : strcmp(a + strlen(a) + 1, b + strlen(b) + 1);
}

static int write_events(struct writer *writer)
{
    const struct kp_merge *merge = writer->merge;
    for (uint32_t i = 0; i < merge->events.count; i++)
        writer->event_ids[i] = 1;
    size_t count;
    uint32_t *order = give_ids(writer, writer->event_ids, merge->events.count, &count, by_event);
    sqlite3_stmt *insert = kp_profile_prepare(writer->profile, "INSERT INTO event VALUES (?, ?, ?)", writer->error);
    int status = !order ? fail_memory(writer) : insert ? 0 : -1;
    for (size_t i = 0; status == 0 && i < count; i++) {
        const char *name = kp_index_key(&merge->events, order[i], NULL);
        sqlite3_bind_int64(insert, 1, (int64_t)i + 1);
        sqlite3_bind_text(insert, 2, name, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, name + strlen(name) + 1, -1, SQLITE_STATIC);
        status = step(writer, insert);
    }
    sqlite3_finalize(insert);
    free(order);
    return status;
}

static int write_meta(struct writer *writer)
{
    const struct kp_merge *merge = writer->merge;
    sqlite3_stmt *insert = kp_profile_prepare(writer->profile, "INSERT INTO meta VALUES (?, ?)", writer->error);
    if (!insert)
        return -1;
    sqlite3_bind_text(insert, 1, "kind", -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, merge->kind, -1, SQLITE_STATIC);
    int status = step(writer, insert);
    sqlite3_bind_text(insert, 1, "profiles", -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 2, merge->profiles);
    status = status ? status : step(writer, insert);
    for (uint32_t i = 0; status == 0 && i < merge->meta.count; i++) {
        if (merge->meta_counts[i] != merge->inputs)
            continue;
        const char *key = kp_index_key(&merge->meta, i, NULL);
        sqlite3_bind_text(insert, 1, key, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, key + strlen(key) + 1, -1, SQLITE_STATIC);
        status = step(writer, insert);
    }
    sqlite3_finalize(insert);
    return status;
}

static int write_rest(struct writer *writer)
{
    for (const struct kp_merge_copy *copy = kp_merge_copies; copy->columns_of; copy++) {
        char select[1024];
        snprintf(select, sizeof select, "SELECT %s ORDER BY %s", copy->columns_of, copy->order);
        if (kp_merge_copy(writer->merge->rest, select, writer->profile, copy->write, writer->error) != 0)
            return fail_write(writer);
    }
    return 0;
}

static int write_tables(struct writer *writer)
{
    mark_used(writer);
    int status = write_meta(writer);
    if (status == 0)
        status = write_modules(writer);
    if (status == 0)
        status = write_sources(writer);
    if (status == 0)
        status = write_functions(writer);
    if (status == 0)
        status = write_rows(writer, KP_MERGE_FUNCTION, true);
    if (status == 0)
        status = write_rows(writer, KP_MERGE_LINE, false);
    if (status == 0)
        status = write_rows(writer, KP_MERGE_LINE, true);
    if (status == 0)
        status = write_rows(writer, KP_MERGE_THREAD_LINE, false);
    if (status == 0)
        status = write_events(writer);
    if (status == 0)
        status = write_rows(writer, KP_MERGE_LINE_EVENT, false);
    if (status == 0)
        status = write_rows(writer, KP_MERGE_ARC, false);
    if (status == 0)
        status = write_rows(writer, KP_MERGE_MEMORY_LINE, false);
    return status == 0 ? write_rest(writer) : status;
}

static int write_profile(struct kp_merge *merge, const char *temporary, const char *path, struct kp_error *error)
{
    struct writer writer = {
        .merge = merge,
        .path = path,
        .error = error,
        .module_ids = calloc((size_t)merge->module_keys.count + 1, sizeof(int64_t)),
        .source_ids = calloc((size_t)merge->source_keys.count + 1, sizeof(int64_t)),
        .function_ids = calloc((size_t)merge->function_keys.count + 1, sizeof(int64_t)),
        .event_ids = calloc((size_t)merge->events.count + 1, sizeof(int64_t)),
    };
    int status = -1;
    if (!writer.module_ids || !writer.source_ids || !writer.function_ids || !writer.event_ids)
        fail_memory(&writer);
    else if ((writer.profile = kp_profile_create(temporary, error)) != NULL) {
        status = write_tables(&writer);
        if (status == 0)
            status = kp_profile_commit(writer.profile, path, error);
        else
            kp_profile_abandon(writer.profile);
    }
    free(writer.module_ids);
    free(writer.source_ids);
    free(writer.function_ids);
    free(writer.event_ids);
    return status;
}

int kp_merge_write(struct kp_merge *merge, const char *path, struct kp_error *error)
{
    char *temporary;
    if (kp_folder_check_replaceable(path, error) != 0)
        return -1;
    if (asprintf(&temporary, "%s.%ld.part", path, (long)getpid()) < 0)
        return kp_fail(error, "%s: out of memory", path);
    unlink(temporary);
    int status = write_profile(merge, temporary, path, error);
    if (status == 0 && rename(temporary, path) != 0)
        status = kp_fail(error, "%s: cannot be written: %s; choose another place with -o", path, strerror(errno));
    if (status != 0)
        unlink(temporary);
    free(temporary);
    return status;
}

sqlite3 *kp_merge_open(char *const *paths, struct kp_error *error)
{
    if (!paths[1])
        return kp_profile_open(paths[0], error);
    char *folder = kp_folder_create_temporary(error);
    struct kp_merge *merge = folder ? kp_merge_new() : NULL;
    char *path = NULL;
    int status = !folder                                              ? -1
                 : !merge || asprintf(&path, "%s/merged", folder) < 0 ? kp_fail(error, "out of memory")
                                                                      : 0;
    for (; status == 0 && *paths; paths++)
        status = kp_merge_add(merge, *paths, error);
    if (status == 0)
        status = kp_merge_write(merge, path, error);
    kp_merge_free(merge);
    sqlite3 *profile = status == 0 ? kp_profile_open(path, error) : NULL;
    if (folder)
        kp_folder_remove(folder); /* the open file stays readable */
    free(folder);
    free(path);
    return profile;
}
