# Where perf events are not allowed, timers in the program sample it: every thread, whatever signals it blocks, children,
# programs that it executes and modules that it loads; what a killed process had taken is not lost.
set -eu
. "$KP_TESTS/cli/times/common.sh"
export KERNPROF_SAMPLER=timer
kinds_program 200
check_kinds timer 200 40 one threads fork exec vfork kill
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
  at_least "$name" "$ms" 100
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
