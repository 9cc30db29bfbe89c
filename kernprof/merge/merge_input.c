/* See merge_input.h. */
#include "kernprof/merge/merge_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/profile.h"
#include "util/search.h"

int kp_merge_fail_damaged(struct kp_merge_input *input, const char *what)
{
    return kp_fail(input->error, "%s: damaged profile (%s); profile the program again", input->path, what);
}

int kp_merge_fail_memory(struct kp_merge_input *input)
{
    return kp_fail(input->error, "%s: out of memory", input->path);
}

const char *kp_merge_column_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

int kp_merge_for_each_row(struct kp_merge_input *input, const char *sql,
                          int (*take)(struct kp_merge_input *, sqlite3_stmt *))
{
    sqlite3_stmt *statement = kp_profile_prepare(input->profile, sql, input->error);
    if (!statement)
        return -1;
    int status;
    int result = 0;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW && result == 0)
        result = take(input, statement);
    if (result == 0 && status != SQLITE_DONE)
        result = kp_merge_fail_damaged(input, sqlite3_errmsg(input->profile));
    sqlite3_finalize(statement);
    return result;
}

int kp_merge_add_item(struct kp_merge_input *input, struct kp_merge_items *items, int64_t id, uint32_t number)
{
    struct kp_merge_item *item = kp_merge_room(items->item, &items->room, items->count + 1, sizeof *item);
    if (!item || number == KP_INDEX_NONE)
        return kp_merge_fail_memory(input);
    items->item = item;
    item[items->count++] = (struct kp_merge_item){.id = id, .number = number};
    return 0;
}

struct wanted {
    const struct kp_merge_items *items;
    int64_t id;
};

static int is_before(const void *what, size_t i)
{
    const struct wanted *wanted = what;
    return wanted->items->item[i].id < wanted->id;
}

size_t kp_merge_find_item(struct kp_merge_items *items, int64_t id)
{
    if (items->last < items->count && items->item[items->last].id == id)
        return items->last;
    size_t place = kp_search_first(items->count, is_before, &(struct wanted){items, id});
    if (place == items->count || items->item[place].id != id)
        return SIZE_MAX;
    return items->last = place;
}

uint32_t kp_merge_find_number(struct kp_merge_items *items, int64_t id)
{
    size_t place = kp_merge_find_item(items, id);
    return place == SIZE_MAX ? KP_INDEX_NONE : items->item[place].number;
}

uint32_t kp_merge_add_key(struct kp_index *index, const char *const *strings, const void *bytes, size_t size)
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
