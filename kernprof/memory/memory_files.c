/* See memory_files.h. */
#include "kernprof/memory/memory_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char beginning[] = "mprofile_";
static const char suffix[] = ".mprof";
enum { DIGITS = 14 };

/* Two in the same second are told apart by a number behind the date. */
char *kp_memory_file_name(void)
{
    time_t now = time(NULL);
    struct tm parts;
    char date[DIGITS + 1], *name = NULL;
    localtime_r(&now, &parts);
    strftime(date, sizeof date, "%Y%m%d%H%M%S", &parts);
    if (asprintf(&name, "%s%s%s", beginning, date, suffix) < 0)
        return NULL;
    for (int i = 1; access(name, F_OK) == 0; i++) {
        free(name);
        if (asprintf(&name, "%s%s_%d%s", beginning, date, i, suffix) < 0)
            return NULL;
    }
    return name;
}

static int is_ours(const char *name)
{
    size_t length = strlen(name), start = strlen(beginning), end = strlen(suffix);
    if (length < start + DIGITS + end || strncmp(name, beginning, start) != 0 ||
        strcmp(name + length - end, suffix) != 0)
        return 0;
    for (size_t i = start; i < start + DIGITS; i++)
        if (!isdigit((unsigned char)name[i]))
            return 0;
    return 1;
}

/* Names begin with the date, so that their order is that of time. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int kp_memory_files_list(struct kp_memory_files *files, struct kp_error *error)
{
    *files = (struct kp_memory_files){0};
    DIR *folder = opendir(".");
    if (!folder)
        return kp_fail(error, ".: %s", strerror(errno));
    int result = 0;
    for (struct dirent *entry; result == 0 && (entry = readdir(folder)) != NULL;) {
        if (!is_ours(entry->d_name))
            continue;
        char **name = reallocarray(files->name, (size_t)files->count + 1, sizeof *name);
        if (name)
            files->name = name;
        if (!name || !(name[files->count] = strdup(entry->d_name)))
            result = kp_fail(error, "out of memory");
        else
            files->count++;
    }
    closedir(folder);
    if (result != 0)
        kp_memory_files_free(files);
    else if (files->count)
        qsort(files->name, (size_t)files->count, sizeof *files->name, by_name);
    return result;
}

void kp_memory_files_free(struct kp_memory_files *files)
{
    for (int i = 0; i < files->count; i++)
        free(files->name[i]);
    free(files->name);
    *files = (struct kp_memory_files){0};
}

char *kp_memory_file_find(const char *word, struct kp_error *error)
{
    char *end = NULL;
    long number = word ? strtol(word, &end, 10) : -1;
    if (word && (!*word || *end || access(word, F_OK) == 0))
        return strdup(word);
    struct kp_memory_files files;
    if (kp_memory_files_list(&files, error) != 0)
        return NULL;
    long index = number < 0 ? files.count + number : number;
    char *name = NULL;
    if (index >= 0 && index < files.count)
        name = strdup(files.name[index]);
    else if (word)
        kp_fail(error, "%s: there are %d recordings here; `memprof list` numbers them", word, files.count);
    else
        kp_fail(error, "no recordings here; `memprof run PROGRAM` makes one");
    kp_memory_files_free(&files);
    return name;
}
