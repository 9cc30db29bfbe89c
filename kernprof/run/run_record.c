/* See run_record.h. */
#include "kernprof/run/run_record.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/text_file.h"

static char *path_in(const char *folder)
{
    char *path;
    return asprintf(&path, "%s/" KP_RUN_RECORD_NAME, folder) < 0 ? NULL : path;
}

static char *absolute(const char *path)
{
    char *folder = path[0] == '/' ? NULL : getcwd(NULL, 0);
    char *result;
    if (asprintf(&result, "%s%s%s", folder ? folder : "", folder ? "/" : "", path) < 0)
        result = NULL;
    free(folder);
    return result;
}

static struct json_object *to_json(const struct kp_run_record *record)
{
    char *output = absolute(record->output);
    struct json_object *json = json_object_new_object();
    json_object_object_add(json, "command", json_object_new_string(record->command));
    json_object_object_add(json, "kind", json_object_new_string(record->kind));
    json_object_object_add(json, "timing", json_object_new_string(record->timing));
    json_object_object_add(json, "output", json_object_new_string(output ? output : record->output));
    json_object_object_add(json, "embed_sources", json_object_new_boolean(record->embed_sources));
    free(output);
    return json;
}

static int write_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t count = write(fd, text, left);
        if (count < 0 && errno != EINTR)
            return -1;
        text += count > 0 ? count : 0;
        left -= count > 0 ? (size_t)count : 0;
    }
    return 0;
}

int kp_run_record_write(const char *folder, const struct kp_run_record *record, struct kp_error *error)
{
    char *path = path_in(folder);
    if (!path)
        return kp_fail(error, "out of memory");
    struct json_object *json = to_json(record);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 ||
        write_all(fd, json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY)) != 0) {
        kp_fail(error, "%s: cannot write: %s: set TMPDIR to a folder with room", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    json_object_put(json);
    free(path);
    return fd;
}

/* A copy of a text of the object; NULL where there is none. */
static char *text_of(struct json_object *json, const char *key)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(json, key, &value) || !json_object_is_type(value, json_type_string))
        return NULL;
    return strdup(json_object_get_string(value));
}

/* The lock is the kernel's: it goes with kernprof, however that ends. */
static int is_locked(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    return locked;
}

int kp_run_record_read(const char *folder, struct kp_run_record *record, struct kp_error *error)
{
    *record = (struct kp_run_record){0};
    char *path = path_in(folder);
    size_t size;
    /* One of another user must not choose what is written where. */
    char *text = path && kp_run_record_exists(folder) ? kp_read_text_file(path, &size) : NULL;
    struct json_object *json = text ? json_tokener_parse(text) : NULL;
    if (json && json_object_is_type(json, json_type_object)) {
        struct json_object *embed = NULL;
        record->command = text_of(json, "command");
        record->kind = text_of(json, "kind");
        record->timing = text_of(json, "timing");
        record->output = text_of(json, "output");
        record->embed_sources =
            !json_object_object_get_ex(json, "embed_sources", &embed) || json_object_get_boolean(embed);
        record->kernprof_lives = is_locked(path);
    }
    json_object_put(json);
    free(text);
    free(path);
    if (record->command && record->kind && record->timing && record->output)
        return 0;
    kp_run_record_free(record);
    return kp_fail(error, "%s: not a folder of counters; give one that `kernprof recover` lists", folder);
}

void kp_run_record_free(struct kp_run_record *record)
{
    free(record->command);
    free(record->kind);
    free(record->timing);
    free(record->output);
    *record = (struct kp_run_record){0};
}

int kp_run_record_exists(const char *folder)
{
    char *path = path_in(folder);
    struct stat status;
    int exists = path && lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid();
    free(path);
    return exists;
}
