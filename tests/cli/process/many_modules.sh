# Many threads in many modules: each has counters of its own, and the process has few more mappings than without, of which the
# system allows a limited number only. Calls through pointers are counted as well. Where counters cannot be had, the run says
# so once, with the reason, whatever the number of modules, threads and children that meet it.
set -eu
. "$KP_TESTS/cli/module/common.sh"
MODULES=20 THREADS=200
cat > work.c <<'C'
#include <kernprof.h>
static int one(int n) { return n + 1; }
static int two(int n) { return n + 2; }
KP_PROFILE int work(int n)
{
    int (*volatile targets[])(int) = {one, two};
    int s = 0;
    for (int i = 0; i < n; i++)
        s += targets[i % 2](i); /* counted */
    return s;
}
C
"$KERNPROF" cc -O2 -shared -fPIC work.c -o work.so
for i in $(seq $MODULES); do cp work.so "work$i.so"; done
cat > t.c <<'C'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
static int (*work[1000])(int);
static int modules;
static pthread_barrier_t all;
static void *thread(void *unused)
{
    for (int i = 0; i < modules; i++)
        work[i](10);
    pthread_barrier_wait(&all);
    pthread_barrier_wait(&all);
    return unused;
}
static void run(int threads, int shows)
{
    pthread_t *ids = calloc(threads, sizeof *ids);
    pthread_barrier_init(&all, NULL, threads + 1);
    for (int i = 0; i < threads; i++)
        pthread_create(&ids[i], NULL, thread, NULL);
    pthread_barrier_wait(&all);
    int mappings = 0, c;
    FILE *maps = fopen("/proc/self/maps", "r");
    while ((c = getc(maps)) != EOF)
        mappings += c == '\n';
    fclose(maps);
    pthread_barrier_wait(&all);
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    if (shows)
        printf("%d\n", mappings);
}
int main(int argc, char **argv)
{
    modules = atoi(argv[1]);
    for (int i = 0; i < modules; i++) {
        char path[64];
        snprintf(path, sizeof path, "./work%d.so", i + 1);
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!library)
            return 1;
        work[i] = (int (*)(int))dlsym(library, "work");
    }
    if (argc > 3) {
        struct rlimit none;
        getrlimit(RLIMIT_FSIZE, &none);
        none.rlim_cur = 0;
        setrlimit(RLIMIT_FSIZE, &none);
    }
    for (int i = 0; i < (argc > 3 ? 3 : 0); i++)
        if (fork() == 0) {
            run(2, 0);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    run(atoi(argv[2]), argc == 3);
    return 0;
}
C
gcc -O2 -w t.c -o t -ldl -lpthread
without=$(./t $MODULES $THREADS)
for timing in off exact adaptive; do
  "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t $MODULES $THREADS > out 2> err
  expect "$timing: messages" "$(cat err)" ""
  expect "$timing: hits" "$(hits_in t.lprof work.c "$(grep -n 'counted \*/' work.c | cut -d: -f1)")" $((MODULES * THREADS * 10))
  more=$(($(cat out) - without))
  [ $more -le $((100 * MODULES)) ] || fail "$timing: $more more mappings, for $MODULES modules and $THREADS threads"
done
"$KERNPROF" -l -q -o t.lprof ./t $MODULES 20 limited 2>&1 | cat > err || fail "$(cat err)"
expect "what the program says" "$(grep -c '^kernprof: a .*: the counter file\|^kernprof: a .*: its counter file' err)" 1
grep -q 'limit to the size of files' err || fail "the reason is missing: $(cat err)"
