/* Reads a profile into a merge: what its numbers mean in terms of content, then its rows. See merge_model.h. */
#include "kernprof/merge/merge_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/map.h"
#include "format/profile.h"

/* A row of the profile that others refer to, by its id there. */
struct item {
    int64_t id;
    uint32_t number; /* in the merge */
};

struct items {
    struct item *item; /* ordered by id */
    size_t count;
    size_t room;
    size_t last; /* found last: rows come in order, mostly */
};

struct local_function {
    struct kp_merge_function function;
    int64_t id;
    uint32_t number;
};

struct rows {
    struct kp_merge_row *row;
    size_t count;
    size_t room;
};

struct reader {
    struct kp_merge *merge;
    sqlite3 *profile;
    const char *path;
    struct kp_error *error;
    struct items modules, sources, functions;
    struct local_function *local; /* as `functions`, in the order of ids */
    size_t local_room;
    struct rows rows[KP_MERGE_TABLES];
    int64_t profiles; /* merged into this one; 0: it is no merge */
    int64_t rank;
    enum kp_merge_table_number table; /* being read */
};

static int fail_damaged(struct reader *reader, const char *what)
{
    return kp_fail(reader->error, "%s: damaged profile (%s); profile the program again", reader->path, what);
}

static int fail_memory(struct reader *reader)
{
    return kp_fail(reader->error, "%s: out of memory", reader->path);
}

static const char *column_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static int for_each_row(struct reader *reader, const char *sql, int (*take)(struct reader *, sqlite3_stmt *))
{
    sqlite3_stmt *statement = kp_profile_prepare(reader->profile, sql, reader->error);
    if (!statement)
        return -1;
    int status;
    int result = 0;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW && result == 0)
        result = take(reader, statement);
    if (result == 0 && status != SQLITE_DONE)
        result = fail_damaged(reader, sqlite3_errmsg(reader->profile));
    sqlite3_finalize(statement);
    return result;
}

/* Appends; ids ascend. */
static int add_item(struct reader *reader, struct items *items, int64_t id, uint32_t number)
{
    struct item *item = kp_merge_room(items->item, &items->room, items->count + 1, sizeof *item);
    if (!item || number == KP_INDEX_NONE)
        return fail_memory(reader);
    items->item = item;
    item[items->count++] = (struct item){.id = id, .number = number};
    return 0;
}

/* Its place, or SIZE_MAX. */
static size_t find_item(struct items *items, int64_t id)
{
    if (items->last < items->count && items->item[items->last].id == id)
        return items->last;
    size_t low = 0;
    size_t high = items->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items->item[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == items->count || items->item[low].id != id)
        return SIZE_MAX;
    return items->last = low;
}

static uint32_t find_number(struct items *items, int64_t id)
{
    size_t place = find_item(items, id);
    return place == SIZE_MAX ? KP_INDEX_NONE : items->item[place].number;
}

/* The strings with their ends, then the bytes behind them: a key. */
static uint32_t add_key(struct kp_index *index, const char *const *strings, const void *bytes, size_t size)
{
    char *key = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&key, &length);
    if (!out)
        return KP_INDEX_NONE;
    for (; *strings; strings++)
        fwrite(*strings, 1, strlen(*strings) + 1, out);
    if (size)
        fwrite(bytes, 1, size, out);
    uint32_t number = fclose(out) == 0 ? kp_index_add(index, key, length) : KP_INDEX_NONE;
    free(key);
    return number;
}

static int take_module(struct reader *reader, sqlite3_stmt *row)
{
    struct kp_merge *merge = reader->merge;
    int64_t map_hash = sqlite3_column_int64(row, 3);
    const char *path = column_text(row, 1);
    const char *build_id = column_text(row, 2);
    const char *strings[] = {path, build_id, NULL};
    uint32_t before = merge->module_keys.count;
    struct kp_merge_module *modules = kp_merge_room(merge->modules, &merge->module_room, before + 1, sizeof *modules);
    if (!modules)
        return fail_memory(reader);
    merge->modules = modules;
    uint32_t number = add_key(&merge->module_keys, strings, &map_hash, sizeof map_hash);
    if (number == before) {
        modules[number] = (struct kp_merge_module){strdup(path), strdup(build_id), map_hash};
        if (!modules[number].path || !modules[number].build_id)
            return fail_memory(reader);
    }
    return add_item(reader, &reader->modules, sqlite3_column_int64(row, 0), number);
}

/* Decompresses the text and finds its lines; a text that cannot be read is one that is not known. */
static int read_text(struct reader *reader, struct kp_merge_source *source, int64_t id)
{
    size_t size = 0;
    source->text = source->packed ? kp_profile_source(reader->profile, id, &size, NULL) : NULL;
    if (!source->text)
        return 0;
    size_t count = size > 0 && source->text[size - 1] != '\n';
    for (size_t i = 0; i < size; i++)
        count += source->text[i] == '\n';
    source->starts = calloc(count + 1, sizeof *source->starts);
    if (!source->starts)
        return fail_memory(reader);
    size_t line = 0;
    for (size_t i = 0; i < size; i++)
        if (source->text[i] == '\n' && line < count)
            source->starts[++line] = i + 1;
    source->starts[count] = size;
    source->line_count = count;
    return 0;
}

static int take_source(struct reader *reader, sqlite3_stmt *row)
{
    struct kp_merge *merge = reader->merge;
    const void *packed = sqlite3_column_blob(row, 6);
    size_t packed_size = packed ? (size_t)sqlite3_column_bytes(row, 6) : 0;
    const char *path = column_text(row, 1);
    char numbers[160];
    snprintf(numbers, sizeof numbers, "%lld %lld %lld %lld", (long long)sqlite3_column_int64(row, 2),
             (long long)sqlite3_column_int64(row, 3), (long long)sqlite3_column_int64(row, 4),
             (long long)sqlite3_column_int64(row, 5));
    const char *strings[] = {path, numbers, NULL};
    uint32_t before = merge->source_keys.count;
    struct kp_merge_source *sources = kp_merge_room(merge->sources, &merge->source_room, before + 1, sizeof *sources);
    if (!sources)
        return fail_memory(reader);
    merge->sources = sources;
    uint32_t number = add_key(&merge->source_keys, strings, packed, packed_size);
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
            return fail_memory(reader);
        if (packed_size)
            memcpy(source->packed, packed, packed_size);
        if (read_text(reader, source, sqlite3_column_int64(row, 0)) != 0)
            return -1;
    }
    return add_item(reader, &reader->sources, sqlite3_column_int64(row, 0), number);
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

static int take_function(struct reader *reader, sqlite3_stmt *row)
{
    struct kp_merge *merge = reader->merge;
    size_t count = reader->functions.count;
    struct local_function *local = kp_merge_room(reader->local, &reader->local_room, count + 1, sizeof *local);
    if (!local)
        return fail_memory(reader);
    reader->local = local;
    int64_t line = sqlite3_column_int64(row, 3);
    int64_t last_line = sqlite3_column_int64(row, 4);
    struct kp_merge_function function = {
        .source = find_number(&reader->sources, sqlite3_column_int64(row, 2)),
        .module = find_number(&reader->modules, sqlite3_column_int64(row, 1)),
        .line = line,
    };
    if (function.source == KP_INDEX_NONE)
        return fail_damaged(reader, "a function without a source");
    if (line < 0 || line > INT32_MAX || last_line > INT32_MAX)
        return fail_damaged(reader, "a function without a place");
    function.length = last_line > line ? last_line - line : 0;
    function.text = text_of_function(merge, &function);
    const char *strings[] = {merge->sources[function.source].path, column_text(row, 5), column_text(row, 6), NULL};
    function.name = add_key(&merge->names, strings, NULL, 0);
    if (function.name == KP_INDEX_NONE)
        return fail_memory(reader);
    local[count] = (struct local_function){.function = function, .id = sqlite3_column_int64(row, 0)};
    return add_item(reader, &reader->functions, local[count].id, 0);
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
    const struct local_function *a = *(const struct local_function *const *)left;
    const struct local_function *b = *(const struct local_function *const *)right;
    int order = compare_identities(&a->function, &b->function);
    order = order ? order : kp_merge_compare_places(merge, &a->function, &b->function);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

static int add_function(struct kp_merge *merge, struct local_function *local)
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
static int number_functions(struct reader *reader)
{
    size_t count = reader->functions.count;
    struct local_function **sorted = malloc((count + 1) * sizeof *sorted);
    if (!sorted)
        return fail_memory(reader);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &reader->local[i];
    if (count)
        qsort_r(sorted, count, sizeof *sorted, compare_local, reader->merge);
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        if (i > 0 && compare_identities(&sorted[i - 1]->function, &sorted[i]->function) == 0)
            sorted[i]->function.ordinal = sorted[i - 1]->function.ordinal + 1;
        status = add_function(reader->merge, sorted[i]);
    }
    for (size_t i = 0; i < count; i++)
        reader->functions.item[i].number = reader->local[i].number;
    free(sorted);
    return status == 0 ? 0 : fail_memory(reader);
}

/* Where a line is: in its function, or elsewhere (an included body, a macro), where its text must be the same too. */
static int place_line(struct reader *reader, sqlite3_stmt *row, const struct local_function *local,
                      struct kp_merge_key *key, uint32_t *number)
{
    const struct kp_merge_function *function = &local->function;
    uint32_t source = find_number(&reader->sources, sqlite3_column_int64(row, 1));
    int64_t line = sqlite3_column_int64(row, 2);
    if (source == KP_INDEX_NONE)
        return fail_damaged(reader, "a line without a source");
    *number = KP_INDEX_NONE;
    if (source == function->source && line >= function->line && line <= function->line + function->length) {
        key->path = KP_INDEX_NONE;
        key->line = line - function->line;
        return 0;
    }
    *number = source;
    key->path = reader->merge->sources[source].path_number;
    key->line = line;
    key->text = kp_merge_text(&reader->merge->sources[source], line, line);
    return 0;
}

static void take_values(const struct reader *reader, sqlite3_stmt *row, struct kp_merge_row *taken)
{
    const struct kp_merge_table *table = &kp_merge_tables[reader->table];
    int count = table->value_count + (table->spread && reader->profiles ? KP_MERGE_SPREAD : 0);
    for (int i = 0; i < count; i++) {
        int64_t value = sqlite3_column_int64(row, 4 + i);
        if (value == 0 && sqlite3_column_type(row, 4 + i) == SQLITE_NULL)
            value = KP_UNKNOWN;
        taken->values[i] = value;
    }
    if (!table->spread || reader->profiles)
        return;
    int64_t *spread = taken->values + table->value_count;
    spread[0] = 1;
    spread[1] = spread[2] = taken->values[table->spread_count];
    spread[3] = spread[4] = taken->values[table->spread_time];
    spread[5] = reader->rank;
}

static int take_row(struct reader *reader, sqlite3_stmt *row)
{
    struct rows *rows = &reader->rows[reader->table];
    struct kp_merge_row *taken = kp_merge_room(rows->row, &rows->room, rows->count + 1, sizeof *taken);
    if (!taken)
        return fail_memory(reader);
    rows->row = taken;
    taken += rows->count;
    size_t place = find_item(&reader->functions, sqlite3_column_int64(row, 0));
    if (place == SIZE_MAX)
        return fail_damaged(reader, "a line without a function");
    struct kp_merge_key key = {.function = reader->functions.item[place].number, .path = KP_INDEX_NONE};
    taken->source = KP_INDEX_NONE;
    if (reader->table != KP_MERGE_FUNCTION && place_line(reader, row, &reader->local[place], &key, &taken->source) != 0)
        return -1;
    if (reader->table == KP_MERGE_ARC) {
        size_t caller = reader->functions.last; /* the callee is another: the caller is found again at once */
        key.callee = find_number(&reader->functions, sqlite3_column_int64(row, 3));
        reader->functions.last = caller;
        if (key.callee == KP_INDEX_NONE)
            return fail_damaged(reader, "a call of no function");
    }
    if (reader->table == KP_MERGE_THREAD_LINE)
        key.thread = (uint32_t)sqlite3_column_int64(row, 3);
    taken->cell = kp_index_add(&reader->merge->cells[reader->table].keys, &key, sizeof key);
    if (taken->cell == KP_INDEX_NONE)
        return fail_memory(reader);
    take_values(reader, row, taken);
    rows->count++;
    return 0;
}

/* The rows of a table, and for a merged profile the spread beside them. */
static int read_table(struct reader *reader, enum kp_merge_table_number number)
{
    static const char *const spread[KP_MERGE_TABLES] = {
        [KP_MERGE_FUNCTION] = ", p.profiles, p.min_calls, p.max_calls, p.min_total_ns, p.max_total_ns, p.max_rank FROM "
                              "function t LEFT JOIN function_spread p ON p.function = t.id ORDER BY t.id",
        [KP_MERGE_LINE] = ", p.profiles, p.min_hits, p.max_hits, p.min_time_ns, p.max_time_ns, p.max_rank FROM line t "
                          "LEFT JOIN line_spread p USING (function, source, line)",
    };
    const struct kp_merge_table *table = &kp_merge_tables[number];
    char sql[640];
    if (table->spread && reader->profiles)
        snprintf(sql, sizeof sql, "SELECT %s, %s%s", table->keys, table->values, spread[number]);
    else
        snprintf(sql, sizeof sql, "SELECT %s, %s FROM %s", table->keys, table->values, table->name);
    reader->table = number;
    return for_each_row(reader, sql, take_row);
}

static int take_meta(struct reader *reader, sqlite3_stmt *row)
{
    const char *key = column_text(row, 0);
    if (strcmp(key, "profiles") == 0) {
        reader->profiles = sqlite3_column_int64(row, 1);
        if (reader->profiles < 1)
            return fail_damaged(reader, "a merge of no profiles");
    }
    return 0;
}

/* Numbers of lines and numbers of functions alone mean different times: one profile cannot hold both. */
static int check_kind(struct reader *reader)
{
    sqlite3_stmt *statement = kp_profile_prepare(
        reader->profile,
        "SELECT COALESCE((SELECT value FROM meta WHERE key = 'kind'), (SELECT CASE WHEN EXISTS (SELECT 1 FROM line) OR "
        "NOT EXISTS (SELECT 1 FROM function) THEN 'lines' ELSE 'functions' END)), (SELECT MIN(rank) FROM run)",
        reader->error);
    if (!statement)
        return -1;
    struct kp_merge *merge = reader->merge;
    int status = 0;
    if (sqlite3_step(statement) != SQLITE_ROW)
        status = fail_damaged(reader, sqlite3_errmsg(reader->profile));
    const char *kind = status == 0 ? column_text(statement, 0) : "";
    if (status == 0 && merge->inputs && strcmp(merge->kind, kind) != 0)
        status = kp_fail(reader->error, "%s: a profile of %s among profiles of %s; merge each kind on its own",
                         reader->path, kind, merge->kind);
    if (status == 0) {
        snprintf(merge->kind, sizeof merge->kind, "%s", kind);
        reader->rank =
            sqlite3_column_type(statement, 1) == SQLITE_NULL ? KP_UNKNOWN : sqlite3_column_int64(statement, 1);
    }
    sqlite3_finalize(statement);
    return status;
}

static int read_profile(struct reader *reader)
{
    int status = for_each_row(reader, "SELECT key, value FROM meta", take_meta);
    if (status == 0)
        status = check_kind(reader);
    if (status == 0)
        status = for_each_row(reader, "SELECT id, path, build_id, map_hash FROM module ORDER BY id", take_module);
    if (status == 0)
        status = for_each_row(reader, "SELECT id, path, checksum, whole, changed, size, text FROM source ORDER BY id",
                              take_source);
    if (status == 0)
        status = for_each_row(
            reader, "SELECT id, module, source, line, last_line, name, linkage_name FROM function ORDER BY id",
            take_function);
    if (status == 0)
        status = number_functions(reader);
    for (int table = 0; table < KP_MERGE_TABLES && status == 0; table++)
        status = read_table(reader, (enum kp_merge_table_number)table);
    return status;
}

/* What is neither a function's nor a line's: added up or kept by SQL. */
static int copy_rest(struct reader *reader)
{
    sqlite3 *rest = reader->merge->rest;
    int status = sqlite3_exec(rest, "SAVEPOINT input", NULL, NULL, NULL) == SQLITE_OK ? 0 : fail_memory(reader);
    for (const struct kp_merge_copy *copy = kp_merge_copies; copy->columns_of && status == 0; copy++) {
        char select[512];
        snprintf(select, sizeof select, "SELECT %s", copy->columns_of);
        status = kp_merge_copy(reader->profile, select, rest, copy->add, reader->error);
    }
    if (status != 0)
        sqlite3_exec(rest, "ROLLBACK TO input", NULL, NULL, NULL);
    sqlite3_exec(rest, "RELEASE input", NULL, NULL, NULL);
    return status;
}

/* Counts who says what in `meta`: only what all say is kept. */
static int count_meta(struct reader *reader, sqlite3_stmt *row)
{
    struct kp_merge *merge = reader->merge;
    const char *strings[] = {column_text(row, 0), column_text(row, 1), NULL};
    uint32_t before = merge->meta.count;
    int64_t *counts = kp_merge_room(merge->meta_counts, &merge->meta_room, before + 1, sizeof *counts);
    if (!counts)
        return fail_memory(reader);
    merge->meta_counts = counts;
    uint32_t number = add_key(&merge->meta, strings, NULL, 0);
    if (number == KP_INDEX_NONE)
        return fail_memory(reader);
    if (number == before)
        counts[number] = 0;
    counts[number]++;
    return 0;
}

/* From here on nothing but memory can fail. */
static int add_profile(struct reader *reader)
{
    struct kp_merge *merge = reader->merge;
    for (size_t i = 0; i < reader->functions.count; i++) {
        struct kp_merge_function *known = &merge->functions[reader->local[i].number];
        const struct kp_merge_function *own = &reader->local[i].function;
        if (!known->used || kp_merge_compare_places(merge, own, known) < 0) {
            known->source = own->source;
            known->line = own->line;
            known->module = own->module;
        }
        known->used = true;
    }
    for (int table = 0; table < KP_MERGE_TABLES; table++)
        if (kp_merge_add_rows(merge, (enum kp_merge_table_number)table, reader->rows[table].row,
                              reader->rows[table].count) != 0)
            return fail_memory(reader);
    merge->inputs++;
    merge->profiles += reader->profiles ? reader->profiles : 1;
    return for_each_row(reader, "SELECT key, value FROM meta WHERE key NOT IN ('kind', 'profiles')", count_meta);
}

int kp_merge_add(struct kp_merge *merge, const char *path, struct kp_error *error)
{
    struct reader reader = {.merge = merge, .path = path, .error = error};
    reader.profile = kp_profile_open(path, error);
    if (!reader.profile)
        return -1;
    int status = read_profile(&reader);
    if (status == 0)
        status = copy_rest(&reader);
    if (status == 0)
        status = add_profile(&reader);
    sqlite3_close(reader.profile);
    free(reader.modules.item);
    free(reader.sources.item);
    free(reader.functions.item);
    free(reader.local);
    for (int table = 0; table < KP_MERGE_TABLES; table++)
        free(reader.rows[table].row);
    return status;
}
