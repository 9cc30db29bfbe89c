#!/usr/bin/env bash
# A program for the machine KP_TARGET, run by QEMU: its times are those of the clock, its hits are right where entries are
# guarded (branch protection), in a shared object that is loaded late, on threads and after a fork.
set -euo pipefail
source "$KP_TESTS/counts.sh"
emulator=("qemu-${KP_TARGET%%-*}" -L "/usr/$KP_TARGET")

cat > waits.c << 'END'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static void wait_ms(long ms)
{
    struct timespec t = {0, ms * 1000000};
    nanosleep(&t, NULL); // waits
}
static int add(int a, int b)
{
    return a + b; // adds
}
static void *thread(void *count)
{
    volatile int s = 0;
    for (int i = 0; i < *(int *)count; i++)
        s = add(s, i);
    return NULL;
}
int main(void)
{
    wait_ms(30); // short
    wait_ms(90); // long
    int count = 1000;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, thread, &count);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    pid_t child = fork();
    if (child == 0) {
        thread(&count);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    void *module = dlopen("./late.so", RTLD_NOW);
    int (*late)(int) = module ? (int (*)(int))dlsym(module, "late") : NULL;
    return late ? late(7) - 14 : 1;
}
END
cat > late.c << 'END'
int late(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += 2; // late
    return s;
}
END
line() { grep -n "// $1\$" waits.c late.c | cut -d: -f2; }
value() { # COLUMN LINE: of the view lines
  "$KERNPROF" export --format csv out.lprof | awk -F, -v line="$2" -v column="$1" -v file="$3" 'index($1, "/" file) && $2 == line { print $column }'
}

export KERNPROF_CC=clang-19
"$KERNPROF" cc "--target=$KP_TARGET" -O2 -fkernprof-all -### -o waits waits.c 2>&1 | grep -q "/lib/kernprof/${KP_TARGET%%-*}/libkernprof.a" ||
  fail "the runtime of another machine is linked"
for options in "" "-mbranch-protection=standard"; do
  "$KERNPROF" cc "--target=$KP_TARGET" -O2 $options -fkernprof-all -shared -fPIC -o late.so late.c
  "$KERNPROF" cc "--target=$KP_TARGET" -O2 $options -fkernprof-all -o waits waits.c
  "${emulator[@]}" ./waits || fail "asleep: exit status $?"
  for timing in adaptive exact off; do
    "$KERNPROF" --force -l -q --timing=$timing -o out.lprof "${emulator[@]}" ./waits || fail "$timing: exit status $?"
    expect "$timing: waits" "$(value 4 "$(line waits)" waits.c)" 2
    expect "$timing: adds" "$(value 4 "$(line adds)" waits.c)" 5000
    expect "$timing: late" "$(value 4 "$(line late)" late.c)" 7
    [ $timing != off ] || continue
    # As long as was asked for, and the two within their proportion however slow the machine: the scheduler adds to both.
    short=$(value 5 "$(line short)" waits.c) long=$(value 5 "$(line long)" waits.c) all=$(value 5 "$(line waits)" waits.c)
    [ "$short" -ge 29000000 ] && [ "$long" -ge 89000000 ] || fail "$timing: waits of 30 and 90 ms took $short and $long ns"
    [ "$all" -ge 118000000 ] && [ "$all" -le $((short + long + 1000000)) ] ||
      fail "$timing: $all ns of nanosleep in calls of $short and $long ns"
    duration=$(sqlite3 out.lprof 'SELECT max(duration_ns) FROM runs')
    [ $((short + long)) -le "$duration" ] || fail "$timing: $short and $long ns in a run of $duration"
  done
done
