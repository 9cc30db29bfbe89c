# A module that is loaded and closed ten thousand times is counted each time, by threads that stay as by the first; neither
# the counter file nor the process's descriptors and mappings grow with it.
set -eu
. "$KP_TESTS/cli/module/common.sh"
library work 1
cat > t.c <<'C'
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
static int (*volatile work)(int);
static pthread_barrier_t loaded, used;
static volatile int stop;
static void *thread(void *unused)
{
    for (;;) {
        pthread_barrier_wait(&loaded);
        if (stop)
            return unused;
        work(10);
        pthread_barrier_wait(&used);
    }
}
static int lines_of(const char *path)
{
    FILE *file = fopen(path, "r");
    int count = 0, c;
    while ((c = getc(file)) != EOF)
        count += c == '\n';
    fclose(file);
    return count;
}
static void show(void)
{
    const char *folder = getenv("KERNPROF_COUNTERS");
    DIR *directory = opendir(folder), *open_files = opendir("/proc/self/fd");
    long size = 0, files = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat status;
        if (strstr(entry->d_name, ".kpc") && fstatat(dirfd(directory), entry->d_name, &status, 0) == 0)
            size += status.st_size;
    }
    closedir(directory);
    while (readdir(open_files))
        files++;
    closedir(open_files);
    printf("%ld bytes %ld files %d mappings\n", size, files, lines_of("/proc/self/maps"));
}
int main(int argc, char **argv)
{
    enum { THREADS = 2 };
    pthread_t ids[THREADS];
    int times = atoi(argv[argc - 1]);
    pthread_barrier_init(&loaded, NULL, THREADS + 1);
    pthread_barrier_init(&used, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&ids[i], NULL, thread, NULL);
    for (int i = 0; i < times; i++) {
        void *library = dlopen("./work.so", RTLD_NOW | RTLD_LOCAL);
        if (!library)
            return 1;
        work = (int (*)(int))dlsym(library, "work");
        work(100);
        pthread_barrier_wait(&loaded);
        pthread_barrier_wait(&used);
        dlclose(library);
        if (i == 10 || i == times - 1)
            show();
    }
    stop = 1;
    pthread_barrier_wait(&loaded);
    for (int i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
    return 0;
}
C
gcc -O2 -w t.c -o t -ldl -lpthread
for timing in off exact adaptive; do
  "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t 10000 > out
  expect hits "$(hits t.lprof 5)" 1200000
  expect "clean, threads" "$(runs t.lprof clean,threads)" "1 3"
  expect "what it uses at the end" "$(tail -1 out)" "$(head -1 out)"
  [ "$(sed -n '1s/ .*//p' out)" -lt 50000 ] || fail "$(cat out)"
done
