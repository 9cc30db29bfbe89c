/* See source_rows.h. */
#include "kernprof/analyze/source_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "format/map_reader.h"
#include "format/profile.h"
#include "util/text_file.h"

/* No source file is longer; a damaged number must not make us write empty lines for ever. */
enum { LAST_LINE = 1 << 24 };

int kp_source_rows_prepare(struct kp_source_rows *rows, sqlite3 *profile, int embed, const struct kp_source_map *maps,
                           unsigned map_count, struct kp_error *error)
{
    rows->embed = embed;
    rows->maps = maps;
    rows->map_count = map_count;
    rows->insert = kp_profile_prepare(profile, "INSERT INTO source VALUES (NULL,?,?,?,?,?,?)", error);
    if (rows->insert)
        rows->find = kp_profile_prepare(profile, "SELECT id FROM source WHERE path = ?", error);
    return rows->find ? 0 : -1;
}

void kp_source_rows_finish(struct kp_source_rows *rows)
{
    sqlite3_finalize(rows->insert);
    sqlite3_finalize(rows->find);
}

int64_t kp_source_rows_find(struct kp_source_rows *rows, const char *path)
{
    sqlite3_reset(rows->find);
    sqlite3_bind_text(rows->find, 1, path, -1, SQLITE_TRANSIENT);
    return sqlite3_step(rows->find) == SQLITE_ROW ? sqlite3_column_int64(rows->find, 0) : 0;
}

/* What is known of a file's text. */
struct source {
    const char *path;
    uint64_t checksum;
    char *text; /* NULL: none */
    size_t size;
    int whole, changed;
};

static void insert_source(struct kp_source_rows *rows, const struct source *source)
{
    size_t bound = ZSTD_compressBound(source->size);
    void *packed = rows->embed && source->text ? malloc(bound) : NULL;
    size_t length = packed ? ZSTD_compress(packed, bound, source->text, source->size, 9) : 0;
    sqlite3_reset(rows->insert);
    sqlite3_bind_text(rows->insert, 1, source->path, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(rows->insert, 2, (int64_t)source->checksum);
    sqlite3_bind_int(rows->insert, 3, source->whole);
    sqlite3_bind_int(rows->insert, 4, source->changed);
    if (packed && !ZSTD_isError(length)) {
        sqlite3_bind_int64(rows->insert, 5, (int64_t)source->size);
        sqlite3_bind_blob(rows->insert, 6, packed, (int)length, SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_null(rows->insert, 5);
        sqlite3_bind_null(rows->insert, 6);
    }
    sqlite3_step(rows->insert);
    free(packed);
}

static int has_text_of(const struct kp_map_view *view, const char *path)
{
    const struct kp_map_record *r = view->record;
    return r->source && r->line_count && r->first_line <= LAST_LINE &&
           strcmp(view->strings + view->files[r->file].path, path) == 0;
}

/* The function of `path` with a text that begins first, at or after the line. 0: there is none. */
static int find_next_text(const struct kp_source_rows *rows, const char *path, uint32_t line, struct kp_map_view *next)
{
    int found = 0;
    for (unsigned i = 0; i < rows->map_count; i++) {
        struct kp_map_view view;
        for (uint64_t offset = 0; kp_map_next(rows->maps[i].map, rows->maps[i].size, &offset, &view) == 1;) {
            uint32_t first = view.record->first_line;
            if (first < line || (found && first >= next->record->first_line) || !has_text_of(&view, path))
                continue;
            *next = view;
            found = 1;
        }
    }
    return found;
}

/* The lines of the functions of `path` alone, as the plugin kept them, each at its place; to be freed. NULL: none. */
static char *text_of_functions(const struct kp_source_rows *rows, const char *path, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (!out)
        return NULL;
    struct kp_map_view view;
    for (uint32_t line = 1; find_next_text(rows, path, line, &view);) {
        for (; line < view.record->first_line; line++)
            putc('\n', out);
        const char *body = view.strings + view.record->source;
        fputs(body, out);
        putc('\n', out);
        line++;
        for (; *body; body++)
            line += *body == '\n';
    }
    if (fclose(out) != 0 || *size == 0) {
        free(text);
        return NULL;
    }
    return text;
}

int64_t kp_source_rows_add(struct kp_source_rows *rows, const char *path, uint64_t checksum)
{
    int64_t id = kp_source_rows_find(rows, path);
    if (id)
        return id;
    struct source source = {.path = path, .checksum = checksum};
    source.text = kp_read_text_file(path, &source.size);
    source.changed = source.text && checksum && kp_hash(source.text, source.size) != checksum;
    source.whole = source.text != NULL;
    if (!source.text || source.changed) {
        size_t size = 0;
        char *part = text_of_functions(rows, path, &size);
        if (part) {
            free(source.text);
            source.text = part;
            source.size = size;
            source.whole = 0;
        }
    }
    insert_source(rows, &source);
    free(source.text);
    return kp_source_rows_find(rows, path);
}
