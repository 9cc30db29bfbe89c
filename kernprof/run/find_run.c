/* See find_run.h. A kernprof holds its record open; a program has a counter file mapped, and one that counts nothing
 * itself (a shell) has the folder in its environment. */
#include "kernprof/run/find_run.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/counters.h"
#include "format/memory.h"
#include "kernprof/run/run_record.h"

/* The path without its last part, if that ends with `end` and the rest is a counter folder. To be freed. */
static char *folder_of(const char *path, const char *end)
{
    size_t length = strlen(path), tail = strlen(end);
    const char *slash = strrchr(path, '/');
    if (!slash || path[0] != '/' || length < tail || strcmp(path + length - tail, end) != 0)
        return NULL;
    char *folder = strndup(path, (size_t)(slash - path));
    if (folder && kp_run_record_exists(folder))
        return folder;
    free(folder);
    return NULL;
}

static char *from_descriptors(const char *pid)
{
    char path[64], target[4096], *folder = NULL;
    snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    DIR *descriptors = opendir(path);
    for (struct dirent *entry; descriptors && !folder && (entry = readdir(descriptors)) != NULL;) {
        ssize_t length = readlinkat(dirfd(descriptors), entry->d_name, target, sizeof target - 1);
        if (length <= 0)
            continue;
        target[length] = '\0';
        folder = folder_of(target, "/" KP_RUN_RECORD_NAME);
    }
    if (descriptors)
        closedir(descriptors);
    return folder;
}

/* Goes through the pieces of a file of /proc, which end with `end`. */
static char *from_file(const char *pid, const char *name, int end, char *(*folder_in)(char *piece))
{
    char path[64], *piece = NULL, *folder = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "/proc/%.20s/%s", pid, name);
    FILE *file = fopen(path, "re");
    while (file && !folder && getdelim(&piece, &size, end, file) > 0) {
        piece[strcspn(piece, "\n")] = '\0';
        folder = folder_in(piece);
    }
    free(piece);
    if (file)
        fclose(file);
    return folder;
}

static char *in_mapping(char *line)
{
    char *path = strchr(line, '/');
    return path ? folder_of(path, KP_COUNTERS_SUFFIX) : NULL;
}

static char *in_variable(char *variable)
{
    static const char name[] = KP_ENV_DIRECTORY "=";
    if (strncmp(variable, name, sizeof name - 1) != 0 || !kp_run_record_exists(variable + sizeof name - 1))
        return NULL;
    return strdup(variable + sizeof name - 1);
}

static char *in_memory_variable(char *variable)
{
    return strncmp(variable, KP_ENV_MEMORY "=", sizeof KP_ENV_MEMORY) == 0 ? strdup(variable) : NULL;
}

static char *is_memprof(char *name)
{
    return strcmp(name, "memprof") == 0 ? strdup(name) : NULL;
}

static int runs_under_memprof(const char *pid)
{
    char *found = from_file(pid, "environ", '\0', in_memory_variable);
    found = found ? found : from_file(pid, "comm", '\n', is_memprof);
    free(found);
    return found != NULL;
}

static char *of_process(const char *pid, struct kp_error *error)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/maps", pid);
    if (access(path, R_OK) != 0) {
        kp_fail(error, "%s: %s", pid, errno == ENOENT ? "no such folder, and no such process" : strerror(errno));
        return NULL;
    }
    char *folder = from_descriptors(pid);
    folder = folder ? folder : from_file(pid, "maps", '\n', in_mapping);
    folder = folder ? folder : from_file(pid, "environ", '\0', in_variable);
    if (!folder && runs_under_memprof(pid))
        kp_fail(error, "%s: a run of memprof, which lists memory when it ends; `kernprof live` shows runs of kernprof",
                pid);
    else if (!folder)
        kp_fail(error,
                "%s: neither a kernprof at work nor a program that runs under one of yours; start it with kernprof -l",
                pid);
    return folder;
}

char *kp_find_run(const char *name, struct kp_error *error)
{
    struct stat status;
    size_t digits = strspn(name, "0123456789");
    if (digits > 0 && digits < 20 && !name[digits] && stat(name, &status) != 0)
        return of_process(name, error);
    char *folder = realpath(name, NULL);
    if (!folder)
        kp_fail(error, "%s: %s; give a counter folder or a process id", name, strerror(errno));
    return folder;
}
