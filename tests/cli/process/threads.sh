# Threads, all counted and each counted once: ten thousand short ones use the same few segments again, a thousand at once, a
# pool, ones that are alive when the process exits, ones that end without destructors. The counter file stays small.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#define _GNU_SOURCE
#include <dirent.h>
#include <kernprof.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i ^ n; /* counted */
    return s;
}
static void *once(void *unused)
{
    return work(100) == 1 ? NULL : unused;
}
static pthread_barrier_t all;
static void *together(void *unused)
{
    pthread_barrier_wait(&all);
    work(100);
    pthread_barrier_wait(&all);
    return unused;
}
static atomic_int jobs;
static void *pool(void *unused)
{
    work(0);
    pthread_barrier_wait(&all);
    while (atomic_fetch_sub(&jobs, 1) > 0)
        work(10);
    return unused;
}
static atomic_int counted;
static void *alive(void *unused)
{
    work(100);
    atomic_fetch_add(&counted, 1);
    for (;;)
        pause();
    return unused;
}
static atomic_int raw_left;
static void *raw(void *unused)
{
    (void)unused;
    work(100);
    atomic_fetch_add(&raw_left, 1);
    syscall(SYS_exit, 0); /* no destructor runs */
    return NULL;
}
static void run(int count, void *(*function)(void *), int at_once)
{
    pthread_t *ids = calloc(count, sizeof *ids);
    for (int done = 0; done < count; done += at_once) {
        for (int i = 0; i < at_once; i++)
            pthread_create(&ids[i], NULL, function, NULL);
        for (int i = 0; i < at_once; i++)
            pthread_join(ids[i], NULL);
    }
    free(ids);
}
static long file_size(void)
{
    const char *folder = getenv("KERNPROF_COUNTERS");
    DIR *directory = opendir(folder);
    long size = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat status;
        if (strstr(entry->d_name, ".kpc") && fstatat(dirfd(directory), entry->d_name, &status, 0) == 0)
            size += status.st_size;
    }
    closedir(directory);
    return size;
}
int main(int argc, char **argv)
{
    (void)argc;
    if (!strcmp(argv[1], "short"))
        run(10000, once, 4);
    if (!strcmp(argv[1], "many")) {
        pthread_barrier_init(&all, NULL, 1000);
        run(1000, together, 1000);
    }
    if (!strcmp(argv[1], "pool")) {
        jobs = 10000;
        pthread_barrier_init(&all, NULL, 8);
        run(8, pool, 8);
    }
    if (!strcmp(argv[1], "raw"))
        for (int i = 0; i < 1000; i++) {
            pthread_t id;
            pthread_create(&id, NULL, raw, NULL);
            pthread_join(id, NULL);
        }
    if (!strcmp(argv[1], "alive"))
        for (int i = 0; i < 10; i++) {
            pthread_t id;
            pthread_create(&id, NULL, alive, NULL);
            pthread_detach(id);
            while (counted <= i)
                usleep(100);
        }
    fprintf(stderr, "%ld\n", file_size());
    return 0;
}
C
"$KERNPROF" cc -O2 -w t.c -o t
line=$(grep -n "counted \*/" t.c | cut -d: -f1)
check() { # KIND HITS THREADS KILOBYTES
  "$KERNPROF" -l -q --timing="$timing" -o t.lprof ./t "$1" 2> size
  expect "$1: hits" "$(hits t.lprof "$line")" "$2"
  expect "$1: clean, threads" "$(runs t.lprof clean,threads)" "1 $3"
  [ "$(cat size)" -le $(($4 * 1024)) ] || fail "$1: the counter file has $(cat size) bytes"
}
for timing in off exact adaptive; do
  check short 1000000 10001 200
  check many 100000 1001 24000
  check pool 100000 9 300
  check raw 100000 1001 200
  check alive 1000 11 300
done
