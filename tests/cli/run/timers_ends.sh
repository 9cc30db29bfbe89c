#!/bin/bash
# What was timed is in the profile however the program ends; threads and forked children are added up.
set -eu
root=$(cd "$KP_TESTS/.." && pwd)
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *times(void *count)
{
    for (int i = 0; i < *(int *)count; i++)
        KP_REGION("region") {}
    return NULL;
}
int main(int argc, char **argv)
{
    int few = 10, more = 100;
    pthread_t thread;
    const char *how = argv[argc - 1];
    times(&few);
    pthread_create(&thread, NULL, times, &more);
    pthread_join(thread, NULL);
    KP_REGION("open")
    {
        if (!strcmp(how, "exit"))
            exit(3);
        if (!strcmp(how, "_exit"))
            _exit(4);
        if (!strcmp(how, "abort"))
            abort();
        if (!strcmp(how, "kill"))
            kill(getpid(), SIGKILL);
        if (!strcmp(how, "fork")) {
            pid_t child = fork();
            times(&more);
            if (child == 0) {
                KP_REGION("open") {}
                kill(getpid(), SIGKILL);
            }
            waitpid(child, NULL, 0);
        }
        if (!strcmp(how, "exec"))
            execl(argv[0], argv[0], "_exit", (char *)NULL);
        if (!strcmp(how, "running")) { /* a thread that never ends */
            int endless = 1 << 30;
            pthread_create(&thread, NULL, times, &endless);
            while (!(kp_timing("region", KP_TOTAL) / kp_timing("region", KP_AVERAGE) > 1000))
                ;
            kill(getpid(), SIGKILL);
        }
    }
    return 0;
}
C
check() { # HOW STATUS CALLS THREADS OPEN CLEAN
  status=0
  "$KERNPROF" -q -o t.prof ./t "$1" 2> messages || status=$?
  [ $status = "$2" ] || { echo "$1: exit status $status, not $2"; cat messages; exit 1; }
  got=$(sqlite3 t.prof "SELECT (SELECT calls || ' ' || threads FROM timers WHERE name = 'region') || ' ' ||
        IFNULL((SELECT calls FROM timers WHERE name = 'open'), 0) || ' ' || (SELECT MIN(clean) FROM runs)")
  [ "$got" = "$3 $4 $5 $6" ] || { echo "$1: calls, threads, open, clean: $got"; exit 1; }
}
for compiler in "gcc -I $root/include" "$KERNPROF cc -fkernprof-all"; do
  $compiler -O2 -w -o t t.c "$KP_BUILD/lib/libkernprof.a" -lpthread
  check exit 3 110 2 1 1
  check _exit 4 110 2 0 1
  check abort 134 110 2 0 0
  check kill 137 110 2 0 0
  check fork 0 310 3 2 0
  check exec 4 220 4 0 1
  status=0
  "$KERNPROF" -q -o t.prof ./t running || status=$?
  sqlite3 t.prof "SELECT calls > 1000 FROM timers WHERE name = 'region'" | grep -qx 1 || { echo "running: no calls"; exit 1; }
done
