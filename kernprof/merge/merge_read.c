/* Reads a profile into a merge: what its numbers mean there, then its rows. See merge_model.h. */
#include "kernprof/merge/merge_identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/profile.h"
#include "kernprof/merge/merge.h"

/* Where a line is: in its function, or elsewhere (an included body, a macro), where its text must be the same too. */
static int place_line(struct kp_merge_input *input, sqlite3_stmt *row, const struct kp_merge_input_function *local,
                      struct kp_merge_key *key, uint32_t *number)
{
    const struct kp_merge_function *function = &local->function;
    uint32_t source = kp_merge_find_number(&input->sources, sqlite3_column_int64(row, 1));
    int64_t line = sqlite3_column_int64(row, 2);
    if (source == KP_INDEX_NONE)
        return kp_merge_fail_damaged(input, "a line without a source");
    *number = KP_INDEX_NONE;
    if (source == function->source && line >= function->line && line <= function->line + function->length) {
        key->path = KP_INDEX_NONE;
        key->line = line - function->line;
        return 0;
    }
    *number = source;
    key->path = input->merge->sources[source].path_number;
    key->line = line;
    key->text = kp_merge_text(&input->merge->sources[source], line, line);
    return 0;
}

static void take_values(const struct kp_merge_input *input, sqlite3_stmt *row, struct kp_merge_row *taken)
{
    const struct kp_merge_table *table = &kp_merge_tables[input->table];
    int count = table->value_count + (table->spread && input->profiles ? KP_MERGE_SPREAD : 0);
    for (int i = 0; i < count; i++) {
        int64_t value = sqlite3_column_int64(row, 4 + i);
        if (value == 0 && sqlite3_column_type(row, 4 + i) == SQLITE_NULL)
            value = KP_UNKNOWN;
        taken->values[i] = value;
    }
    if (!table->spread || input->profiles)
        return;
    int64_t *spread = taken->values + table->value_count;
    spread[0] = 1;
    spread[1] = spread[2] = taken->values[table->spread_count];
    spread[3] = spread[4] = taken->values[table->spread_time];
    spread[5] = input->rank;
}

static int take_row(struct kp_merge_input *input, sqlite3_stmt *row)
{
    struct kp_merge_input_rows *rows = &input->rows[input->table];
    struct kp_merge_row *taken = kp_merge_room(rows->row, &rows->room, rows->count + 1, sizeof *taken);
    if (!taken)
        return kp_merge_fail_memory(input);
    rows->row = taken;
    taken += rows->count;
    size_t place = kp_merge_find_item(&input->functions, sqlite3_column_int64(row, 0));
    if (place == SIZE_MAX)
        return kp_merge_fail_damaged(input, "a line without a function");
    struct kp_merge_key key = {.function = input->functions.item[place].number, .path = KP_INDEX_NONE};
    taken->source = KP_INDEX_NONE;
    if (input->table != KP_MERGE_FUNCTION && place_line(input, row, &input->local[place], &key, &taken->source) != 0)
        return -1;
    if (input->table == KP_MERGE_ARC) {
        size_t caller = input->functions.last; /* the callee is another: the caller is found again at once */
        key.callee = kp_merge_find_number(&input->functions, sqlite3_column_int64(row, 3));
        input->functions.last = caller;
        if (key.callee == KP_INDEX_NONE)
            return kp_merge_fail_damaged(input, "a call of no function");
    }
    if (input->table == KP_MERGE_THREAD_LINE)
        key.part = (uint32_t)sqlite3_column_int64(row, 3);
    if (input->table == KP_MERGE_LINE_EVENT) {
        key.part = kp_merge_find_number(&input->events, sqlite3_column_int64(row, 3));
        if (key.part == KP_INDEX_NONE)
            return kp_merge_fail_damaged(input, "a count of no event");
    }
    taken->cell = kp_index_add(&input->merge->cells[input->table].keys, &key, sizeof key);
    if (taken->cell == KP_INDEX_NONE)
        return kp_merge_fail_memory(input);
    take_values(input, row, taken);
    rows->count++;
    return 0;
}

/* The rows of a table, and for a merged profile the spread beside them. */
static int read_table(struct kp_merge_input *input, enum kp_merge_table_number number)
{
    static const char *const spread[KP_MERGE_TABLES] = {
        [KP_MERGE_FUNCTION] = ", p.profiles, p.min_calls, p.max_calls, p.min_total_ns, p.max_total_ns, p.max_rank FROM "
                              "function t LEFT JOIN function_spread p ON p.function = t.id ORDER BY t.id",
        [KP_MERGE_LINE] = ", p.profiles, p.min_hits, p.max_hits, p.min_time_ns, p.max_time_ns, p.max_rank FROM line t "
                          "LEFT JOIN line_spread p USING (function, source, line)",
    };
    const struct kp_merge_table *table = &kp_merge_tables[number];
    char sql[640];
    if (table->spread && input->profiles)
        snprintf(sql, sizeof sql, "SELECT %s, %s%s", table->keys, table->values, spread[number]);
    else
        snprintf(sql, sizeof sql, "SELECT %s, %s FROM %s", table->keys, table->values, table->name);
    input->table = number;
    return kp_merge_for_each_row(input, sql, take_row);
}

static int take_meta(struct kp_merge_input *input, sqlite3_stmt *row)
{
    const char *key = kp_merge_column_text(row, 0);
    if (strcmp(key, "profiles") == 0) {
        input->profiles = sqlite3_column_int64(row, 1);
        if (input->profiles < 1)
            return kp_merge_fail_damaged(input, "a merge of no profiles");
    }
    return 0;
}

/* Numbers of lines and numbers of functions alone mean different times: one profile cannot hold both. */
static int check_kind(struct kp_merge_input *input)
{
    sqlite3_stmt *statement = kp_profile_prepare(
        input->profile,
        "SELECT COALESCE((SELECT value FROM meta WHERE key = 'kind'), (SELECT CASE WHEN EXISTS (SELECT 1 FROM line) OR "
        "NOT EXISTS (SELECT 1 FROM function) THEN 'lines' ELSE 'functions' END)), (SELECT MIN(rank) FROM run)",
        input->error);
    if (!statement)
        return -1;
    struct kp_merge *merge = input->merge;
    int status = 0;
    if (sqlite3_step(statement) != SQLITE_ROW)
        status = kp_merge_fail_damaged(input, sqlite3_errmsg(input->profile));
    const char *kind = status == 0 ? kp_merge_column_text(statement, 0) : "";
    if (status == 0 && merge->inputs && strcmp(merge->kind, kind) != 0)
        status = kp_fail(input->error, "%s: a profile of %s among profiles of %s; merge each kind on its own",
                         input->path, kind, merge->kind);
    if (status == 0) {
        snprintf(merge->kind, sizeof merge->kind, "%s", kind);
        input->rank =
            sqlite3_column_type(statement, 1) == SQLITE_NULL ? KP_UNKNOWN : sqlite3_column_int64(statement, 1);
    }
    sqlite3_finalize(statement);
    return status;
}

static int read_profile(struct kp_merge_input *input)
{
    int status = kp_merge_for_each_row(input, "SELECT key, value FROM meta", take_meta);
    if (status == 0)
        status = check_kind(input);
    if (status == 0)
        status = kp_merge_read_identities(input);
    for (int table = 0; table < KP_MERGE_TABLES && status == 0; table++)
        if (table != KP_MERGE_LINE_EVENT || kp_profile_has_events(input->profile))
            status = read_table(input, (enum kp_merge_table_number)table);
    return status;
}

/* What is neither a function's nor a line's: added up or kept by SQL. */
static int copy_rest(struct kp_merge_input *input)
{
    sqlite3 *rest = input->merge->rest;
    int status = sqlite3_exec(rest, "SAVEPOINT input", NULL, NULL, NULL) == SQLITE_OK ? 0 : kp_merge_fail_memory(input);
    for (const struct kp_merge_copy *copy = kp_merge_copies; copy->columns_of && status == 0; copy++) {
        char select[512];
        snprintf(select, sizeof select, "SELECT %s", copy->columns_of);
        status = kp_merge_copy(input->profile, select, rest, copy->add, input->error);
    }
    if (status != 0)
        sqlite3_exec(rest, "ROLLBACK TO input", NULL, NULL, NULL);
    sqlite3_exec(rest, "RELEASE input", NULL, NULL, NULL);
    return status;
}

/* Counts who says what in `meta`: only what all say is kept. */
static int count_meta(struct kp_merge_input *input, sqlite3_stmt *row)
{
    struct kp_merge *merge = input->merge;
    const char *strings[] = {kp_merge_column_text(row, 0), kp_merge_column_text(row, 1), NULL};
    uint32_t before = merge->meta.count;
    int64_t *counts = kp_merge_room(merge->meta_counts, &merge->meta_room, before + 1, sizeof *counts);
    if (!counts)
        return kp_merge_fail_memory(input);
    merge->meta_counts = counts;
    uint32_t number = kp_merge_add_key(&merge->meta, strings, NULL, 0);
    if (number == KP_INDEX_NONE)
        return kp_merge_fail_memory(input);
    if (number == before)
        counts[number] = 0;
    counts[number]++;
    return 0;
}

/* From here on nothing but memory can fail. */
static int add_profile(struct kp_merge_input *input)
{
    struct kp_merge *merge = input->merge;
    for (size_t i = 0; i < input->functions.count; i++) {
        struct kp_merge_function *known = &merge->functions[input->local[i].number];
        const struct kp_merge_function *own = &input->local[i].function;
        if (!known->used || kp_merge_compare_places(merge, own, known) < 0) {
            known->source = own->source;
            known->line = own->line;
            known->module = own->module;
        }
        known->used = true;
    }
    for (int table = 0; table < KP_MERGE_TABLES; table++)
        if (kp_merge_add_rows(merge, (enum kp_merge_table_number)table, input->rows[table].row,
                              input->rows[table].count) != 0)
            return kp_merge_fail_memory(input);
    merge->inputs++;
    merge->profiles += input->profiles ? input->profiles : 1;
    return kp_merge_for_each_row(input, "SELECT key, value FROM meta WHERE key NOT IN ('kind', 'profiles')",
                                 count_meta);
}

int kp_merge_add(struct kp_merge *merge, const char *path, struct kp_error *error)
{
    struct kp_merge_input input = {.merge = merge, .path = path, .error = error};
    input.profile = kp_profile_open(path, error);
    if (!input.profile)
        return -1;
    int status = read_profile(&input);
    if (status == 0)
        status = copy_rest(&input);
    if (status == 0)
        status = add_profile(&input);
    sqlite3_close(input.profile);
    free(input.modules.item);
    free(input.sources.item);
    free(input.functions.item);
    free(input.events.item);
    free(input.local);
    for (int table = 0; table < KP_MERGE_TABLES; table++)
        free(input.rows[table].row);
    return status;
}
