/* See surviving_processes.h. The list of mappings that the kernel keeps for every process says it best: a process that
 * exits, executes another program or was never ours does not map the file, whoever its parent is by now, and a fork's
 * child maps its parent's from its first moment. Processes of others cannot be looked at, and do not count here. */
#include "kernprof/run/surviving_processes.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/now.h"

/* Field 22 of /proc/PID/stat, in the kernel's ticks since the start of the machine; 0: not known. */
static unsigned long long start_of(const char *pid)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    char *field = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL; /* the name before may hold anything */
    fclose(file);
    for (int number = 2; field && number < 22; number++)
        field = strchr(field + 1, ' ');
    return field ? strtoull(field, NULL, 10) : 0;
}

static int maps(const char *pid, const char *folder)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/maps", pid);
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0, length = strlen(folder);
    int found = 0;
    while (file && !found && getline(&line, &size, file) > 0) {
        const char *mapped = strchr(line, '/');
        found = mapped && strncmp(mapped, folder, length) == 0 && mapped[length] == '/';
    }
    free(line);
    if (file)
        fclose(file);
    return found;
}

unsigned kp_surviving_processes_count(const char *folder, int newer)
{
    unsigned count = 0;
    unsigned long long begin = newer ? start_of("self") : 0;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes)) != NULL;)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && (!newer || start_of(entry->d_name) >= begin) &&
            maps(entry->d_name, folder))
            count++;
    if (processes)
        closedir(processes);
    return count;
}

/* One that forks and ends while we look may hide its child from us: only nobody twice is nobody. */
static unsigned count_surely(const char *folder)
{
    unsigned count = kp_surviving_processes_count(folder, 1);
    return count ? count : kp_surviving_processes_count(folder, 1);
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

unsigned kp_surviving_processes_wait(const char *folder, double seconds, int quiet)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    enum { STOPS = sizeof stops / sizeof stops[0] };
    struct sigaction saved[STOPS], action = {.sa_handler = stop};
    for (int i = 0; i < STOPS; i++)
        sigaction(stops[i], &action, &saved[i]);
    double begin = kp_now_s(CLOCK_MONOTONIC);
    double pause = 0.002, longest_pause = 0.1;
    int said = quiet;
    unsigned left;
    while ((left = count_surely(folder)) > 0 && !stopped &&
           (seconds < 0 || kp_now_s(CLOCK_MONOTONIC) - begin < seconds)) {
        if (!said && kp_now_s(CLOCK_MONOTONIC) - begin > 1) {
            fprintf(stderr,
                    "kernprof: the program has ended; waiting for %u process%s that go%s on counting "
                    "(Ctrl-C: write the profile now)\n",
                    left, left == 1 ? "" : "es", left == 1 ? "es" : "");
            said = 1;
        }
        struct timespec duration = {.tv_nsec = (long)(pause * 1e9)};
        nanosleep(&duration, NULL);
        pause = pause * 2 < longest_pause ? pause * 2 : longest_pause;
    }
    for (int i = 0; i < STOPS; i++)
        sigaction(stops[i], &saved[i], NULL);
    return left;
}
