/* See memory_sampler.h and proc(5). */
#include "kernprof/sample/memory_sampler.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The beginning of a file of /proc as text; length, or -1. */
static ssize_t read_start(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, size - 1);
    close(fd);
    text[length > 0 ? length : 0] = 0;
    return length;
}

int64_t kp_sample_rss(pid_t pid)
{
    char path[64], text[256];
    long long pages;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    if (read_start(path, text, sizeof text) <= 0 || sscanf(text, "%*d %lld", &pages) != 1)
        return -1;
    return pages * sysconf(_SC_PAGESIZE);
}

int64_t kp_sample_pss(pid_t pid)
{
    char path[64], text[2048];
    long long kib;
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    if (read_start(path, text, sizeof text) <= 0)
        return -1;
    const char *line = strstr(text, "\nPss:");
    return line && sscanf(line, " Pss: %lld kB", &kib) == 1 ? kib * 1024 : -1;
}

struct list {
    pid_t *item;
    unsigned count;
};

static int add(struct list *list, pid_t pid)
{
    pid_t *item = reallocarray(list->item, list->count + 1, sizeof *item);
    if (!item)
        return -1;
    list->item = item;
    item[list->count++] = pid;
    return 0;
}

/* Each thread has a file with the processes that it started. */
static void add_children(struct list *list, pid_t pid)
{
    char path[512], text[8192];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks)) != NULL;) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%ld/task/%s/children", (long)pid, task->d_name);
        if (read_start(path, text, sizeof text) <= 0)
            continue;
        for (char *word = strtok(text, " \n"); word; word = strtok(NULL, " \n"))
            if (add(list, (pid_t)atol(word)) != 0)
                break;
    }
    if (tasks)
        closedir(tasks);
}

pid_t *kp_sample_descendants(pid_t pid, unsigned *count)
{
    struct list list = {0};
    add_children(&list, pid);
    for (unsigned i = 0; i < list.count; i++)
        add_children(&list, list.item[i]);
    *count = list.count;
    return list.item;
}
