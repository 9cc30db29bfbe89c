/* See folder.h. */
#include "util/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *kp_folder_of_temporaries(void)
{
    const char *parent = getenv("TMPDIR");
    return parent && *parent ? parent : "/tmp";
}

char *kp_folder_create_temporary(struct kp_error *error)
{
    char *path;
    if (asprintf(&path, "%s/" KP_FOLDER_PREFIX "XXXXXX", kp_folder_of_temporaries()) < 0) {
        kp_fail(error, "out of memory");
        return NULL;
    }
    if (!mkdtemp(path)) {
        kp_fail(error, "%s: cannot be created: %s: set TMPDIR to a folder with room", path, strerror(errno));
        free(path);
        return NULL;
    }
    char *whole = realpath(path, NULL); /* the program may change its folder */
    if (!whole)
        kp_fail(error, "%s: %s", path, strerror(errno));
    free(path);
    return whole;
}

/* A new file in `path` without a name that stays; -1: errno. */
static int open_unnamed(const char *path)
{
    char *name;
    if (asprintf(&name, "%s/.kernprof-XXXXXX", path) < 0)
        return -1;
    int file = mkostemp(name, O_CLOEXEC);
    if (file >= 0)
        unlink(name);
    free(name);
    return file;
}

int kp_folder_check_room(const char *path, long bytes, struct kp_error *error)
{
    int file = open_unnamed(path);
    int cause = file < 0 ? errno : posix_fallocate(file, 0, bytes);
    if (file >= 0)
        close(file);
    return cause == 0 ? 0
                      : kp_fail(error, "%s: no room for counters: %s: set TMPDIR to a folder with room", path,
                                strerror(cause));
}

int kp_folder_check_writable(const char *path, struct kp_error *error)
{
    int file = open_unnamed(path);
    if (file < 0)
        return kp_fail(error, "%s: cannot write there: %s: choose another file with -o", path, strerror(errno));
    close(file);
    return 0;
}

int kp_folder_check_replaceable(const char *path, struct kp_error *error)
{
    struct stat old;
    if (stat(path, &old) == 0 && !S_ISREG(old.st_mode))
        return kp_fail(error, "%s: not a regular file, and a profile has to be one; choose another name with -o", path);
    return 0;
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
