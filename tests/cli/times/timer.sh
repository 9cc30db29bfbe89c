# Where perf events are not allowed, timers in the program sample it: every thread, whatever signals it blocks, children,
# programs that it executes and modules that it loads; what a killed process had taken is not lost.
set -eu
. "$KP_TESTS/cli/times/common.sh"
export KERNPROF_SAMPLER=timer
spin_header
cat > t.c <<'C'
#include "spin.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *thread(void *ms)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    spin(*(double *)ms);
    return NULL;
}
static double hundred = 100;
int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "threads") == 0) {
        pthread_t ids[3];
        for (int i = 0; i < 3; i++)
            pthread_create(&ids[i], NULL, thread, &hundred);
        for (int i = 0; i < 3; i++)
            pthread_join(ids[i], NULL);
    }
    if (strcmp(what, "fork") == 0 && fork() == 0) {
        spin(200);
        _exit(0);
    }
    if (strcmp(what, "exec") == 0)
        execl(argv[0], argv[0], "one", (char *)NULL);
    if (strcmp(what, "vfork") == 0 && vfork() == 0)
        execl(argv[0], argv[0], "one", (char *)NULL);
    if (strcmp(what, "one") == 0 || strcmp(what, "kill") == 0)
        spin(200);
    if (strcmp(what, "kill") == 0)
        raise(SIGKILL);
    while (wait(NULL) > 0)
        ;
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o t -lpthread
for what in one threads fork exec vfork kill; do
  status=0
  "$KERNPROF" -l -q -o t.lprof "$PWD/t" $what || status=$?
  [ $what = kill ] && expect "$what: status" $status 137 || expect "$what: status" $status 0
  expect "$what: sampler, lost" "$(runs t.lprof 'DISTINCT sampler, lost_samples')" "timer 0"
  # Of 200 to 300 ms, at least a dozen ticks of 10 ms.
  at_least "$what: time" "$(own t.lprof 12)" 120000
  at_most "$what: time" "$(own t.lprof 12)" 450000
done
"$KERNPROF" view t.lprof > listing
grep -q '^Own time: sampled by CPU timers' listing || fail "the listing does not say so: $(cat listing)"

# An interpreter that loads an instrumented module, closes it, goes on, and loads another one at the same place.
for name in first second; do
  { cat spin.h; echo "void $name(void) { spin(150); }"; } > $name.c
  "$KERNPROF" cc -O2 -shared -fPIC $name.c -o $name.so
done
cat > load.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
int main(void)
{
    const char *names[] = {"first", "second"};
    for (int i = 0; i < 4; i++) {
        char path[32];
        sprintf(path, "./%s.so", names[i & 1]);
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        ((void (*)(void))dlsym(library, names[i & 1]))();
        dlclose(library);
        for (volatile long n = 0; n < 100000000;) n = n + 1;
    }
    return 0;
}
C
gcc -O2 load.c -o load -ldl
"$KERNPROF" -l -q --force -o l.lprof ./load
for name in first second; do
  ms=$(sqlite3 l.lprof "SELECT CAST(TOTAL(self_ns) / 1000000 AS INTEGER) FROM lines WHERE line = 12 AND file LIKE '%/$name.c'")
  at_least "$name" "$ms" 150
  at_most "$name" "$ms" 400
done

# Ten thousand short threads leave no timers behind.
cat > many.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <stdio.h>
KP_PROFILE static void *thread(void *p)
{
    return p;
}
int main(void)
{
    int lines = 0, c;
    for (int i = 0; i < 10000; i++) {
        pthread_t id;
        pthread_create(&id, NULL, thread, NULL);
        pthread_join(id, NULL);
    }
    FILE *timers = fopen("/proc/self/timers", "r");
    while (timers && (c = getc(timers)) != EOF)
        lines += c == '\n';
    printf("%d\n", lines);
    return 0;
}
C
"$KERNPROF" cc -O2 many.c -o many -lpthread
"$KERNPROF" -l -q -o m.lprof ./many > left
at_most "lines of /proc/self/timers" "$(cat left)" 10
expect "hits of many" "$(hits m.lprof 6)" 10000
