# Sourced by the tests of sampled and timed lines.
. "$KP_TESTS/counts.sh"

# own PROFILE LINE [FILE], total PROFILE LINE [FILE]: microseconds of a line.
own() { sqlite3 "$1" "SELECT CAST(TOTAL(self_ns) / 1000 AS INTEGER) FROM lines WHERE line = $2 AND file LIKE '%/${3:-%}'"; }
total() { sqlite3 "$1" "SELECT CAST(TOTAL(time_ns) / 1000 AS INTEGER) FROM lines WHERE line = $2 AND file LIKE '%/${3:-%}'"; }

# at_least WHAT GOT LEAST, at_most WHAT GOT MOST
at_least() { [ "$2" -ge "$3" ] || fail "$1: $2, less than $3"; }
at_most() { [ "$2" -le "$3" ] || fail "$1: $2, more than $3"; }

# spin.h: spin(ms) on line 11 uses so much of the thread's processor time; its length is known on a busy machine as well.
spin_header() {
  cat > spin.h <<'C'
#include <kernprof.h>
#include <time.h>
static double spin_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}
KP_PROFILE __attribute__((noinline)) static void spin(double ms)
{
    for (double until = spin_now() + ms; spin_now() < until;) {
        for (volatile int i = 0; i < 100000;) i = i + 1;
    }
}
C
}

# kinds_program: t WHAT uses MS of processor time on line 12 of spin.h: "one" process, three "threads" that block all signals,
# a child ("fork"), a program that it executes ("exec", "vfork"), or one that SIGKILL ends ("kill").
kinds_program() {
  spin_header
  cat > t.c <<'C'
#include "spin.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *thread(void *unused)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    spin(MS / 3);
    return unused;
}
int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "threads") == 0) {
        pthread_t ids[3];
        for (int i = 0; i < 3; i++)
            pthread_create(&ids[i], NULL, thread, NULL);
        for (int i = 0; i < 3; i++)
            pthread_join(ids[i], NULL);
    }
    if (strcmp(what, "fork") == 0 && fork() == 0) {
        spin(MS);
        _exit(0);
    }
    if (strcmp(what, "exec") == 0)
        execl(argv[0], argv[0], "one", (char *)NULL);
    if (strcmp(what, "vfork") == 0 && vfork() == 0)
        execl(argv[0], argv[0], "one", (char *)NULL);
    if (strcmp(what, "one") == 0 || strcmp(what, "kill") == 0)
        spin(MS);
    if (strcmp(what, "kill") == 0)
        raise(SIGKILL);
    while (wait(NULL) > 0)
        ;
    return 0;
}
C
  "$KERNPROF" cc -O2 -DMS="$1".0 t.c -o t -lpthread
}

# check_kinds SAMPLER MS LEAST WHAT ...: of the time at least LEAST per cent are there, and not half as much again. Ticks may
# be of 10 ms, and a virtual machine that is stopped for a while has all of that while at one place.
check_kinds() {
  local sampler=$1 ms=$2 least=$3 status wanted
  shift 3
  for what; do
    status=0 wanted=0
    [ "$what" != kill ] || wanted=137
    "$KERNPROF" -l -q -o t.lprof "$PWD/t" "$what" || status=$?
    expect "$what: status" $status $wanted
    expect "$what: sampler, lost" "$(runs t.lprof 'DISTINCT sampler, lost_samples')" "$sampler 0"
    at_least "$what: time" "$(own t.lprof 12)" $((10 * least * ms))
    at_most "$what: time" "$(own t.lprof 12)" $((1500 * ms))
  done
}
