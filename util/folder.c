/* See folder.h. */
#include "util/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *kp_folder_create_temporary(struct kp_error *error)
{
    const char *parent = getenv("TMPDIR");
    char *path;
    if (asprintf(&path, "%s/kernprof-XXXXXX", parent && *parent ? parent : "/tmp") < 0) {
        kp_fail(error, "out of memory");
        return NULL;
    }
    if (!mkdtemp(path)) {
        kp_fail(error, "%s: cannot be created: %s: set TMPDIR to a folder with room", path, strerror(errno));
        free(path);
        return NULL;
    }
    return path;
}

void kp_folder_remove(const char *path)
{
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory)
        closedir(directory);
    rmdir(path);
}
