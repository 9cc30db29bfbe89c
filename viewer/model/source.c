/* See source.h. */
#include "viewer/model/source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *kp_source_shown_path(const char *path)
{
    char folder[PATH_MAX];
    if (!getcwd(folder, sizeof folder))
        return path;
    size_t length = strlen(folder);
    if (length > 1 && strncmp(path, folder, length) == 0 && path[length] == '/' && path[length + 1])
        return path + length + 1;
    return path;
}

void kp_source_init(struct kp_source *source, int64_t id, char *path, bool changed)
{
    *source = (struct kp_source){.id = id, .path = path, .shown = kp_source_shown_path(path), .changed = changed};
}

size_t kp_source_find(const struct kp_source *sources, size_t count, int64_t id)
{
    size_t low = 0;
    size_t high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (sources[middle].id <= id)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static char *read_file(const char *path, size_t *size)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return NULL;
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *text = malloc((size_t)status.st_size + 1);
    *size = text ? fread(text, 1, (size_t)status.st_size, file) : 0;
    fclose(file);
    return text;
}

static int find_lines(struct kp_source *source, size_t size)
{
    size_t count = size > 0 && source->text[size - 1] != '\n';
    for (size_t i = 0; i < size; i++)
        count += source->text[i] == '\n';
    source->starts = calloc(count + 1, sizeof *source->starts);
    if (!source->starts)
        return -1;
    size_t line = 0;
    for (size_t i = 0; i < size; i++)
        if (source->text[i] == '\n' && line < count)
            source->starts[++line] = i + 1;
    source->starts[count] = size;
    source->line_count = count;
    return 0;
}

int kp_source_read(struct kp_source *source, sqlite3 *profile, struct kp_error *error)
{
    if (source->origin != KP_SOURCE_UNREAD)
        return 0;
    size_t size = 0;
    int whole = 0;
    source->text = kp_profile_source(profile, source->id, &size, &whole);
    source->origin = !source->changed ? KP_SOURCE_EMBEDDED : whole ? KP_SOURCE_CHANGED : KP_SOURCE_PARTS;
    if (!source->text) {
        source->text = read_file(source->path, &size);
        source->origin = !source->text                                                   ? KP_SOURCE_MISSING
                         : kp_profile_is_source(profile, source->id, source->text, size) ? KP_SOURCE_EMBEDDED
                                                                                         : KP_SOURCE_DISK;
    }
    if (source->text && find_lines(source, size) != 0)
        return kp_fail(error, "%s: out of memory", source->path);
    return 0;
}

const char *kp_source_line(const struct kp_source *source, int64_t number, size_t *length)
{
    *length = 0;
    if (number < 1 || (uint64_t)number > source->line_count)
        return "";
    const char *start = source->text + source->starts[number - 1];
    size_t size = source->starts[number] - source->starts[number - 1];
    while (size > 0 && (start[size - 1] == '\n' || start[size - 1] == '\r'))
        size--;
    *length = size;
    return start;
}

void kp_source_free(struct kp_source *source)
{
    free(source->path);
    free(source->text);
    free(source->starts);
    *source = (struct kp_source){0};
}
