/* The text of a source file, line by line, as it was compiled. */
#ifndef KP_VIEWER_MODEL_SOURCE_H
#define KP_VIEWER_MODEL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/profile.h"

enum kp_source_origin {
    KP_SOURCE_UNREAD,
    KP_SOURCE_EMBEDDED, /* what was compiled, from the profile or found unchanged */
    KP_SOURCE_PARTS,    /* likewise, but of the profiled functions alone: the file had changed by the time of the run */
    KP_SOURCE_CHANGED,  /* from the profile, but the file had changed since it was compiled */
    KP_SOURCE_DISK,     /* the profile holds no text, and the file as it is now is not what was compiled */
    KP_SOURCE_MISSING
};

struct kp_source {
    int64_t id;
    char *path;        /* absolute */
    const char *shown; /* `path`, or its end where it lies below the working folder */
    bool changed;      /* as the profile has it */
    enum kp_source_origin origin;
    char *text;
    size_t *starts; /* of line_count lines, and the end of the last one */
    size_t line_count;
};

/* Takes over `path`. */
void kp_source_init(struct kp_source *source, int64_t id, char *path, bool changed);

/* Index of the source with this id among `count` that are ordered by it; the profile's joins promise that it exists. */
size_t kp_source_find(const struct kp_source *sources, size_t count, int64_t id);

/* Finds the text, once; a source that is nowhere to be found becomes KP_SOURCE_MISSING. -1: out of memory. */
int kp_source_read(struct kp_source *source, sqlite3 *profile, struct kp_error *error);

/* Line `number`, from 1, without its line end and not NUL-terminated; an empty text where there is none. */
const char *kp_source_line(const struct kp_source *source, int64_t number, size_t *length);

void kp_source_free(struct kp_source *source);

/* `path` without the working folder where it lies below it: the end of `path`. */
const char *kp_source_shown_path(const char *path);

#endif
