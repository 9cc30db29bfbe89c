# Handlers of signals that allocate, threads that fork, children by vfork and posix_spawn, reallocations that fail.
set -eu
cat > t.c <<'C'
#define _GNU_SOURCE
#include <kernprof.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
static void *volatile sink;
static volatile int handled, stop;
static void *other_allocator(size_t size) { return calloc(1, size); }
static void on_alarm(int signal)
{
    (void)signal;
    handled++;
}
KP_PROFILE static void *churn(void *unused)
{
    while (!stop) {
        void *block = other_allocator(24);
        sink = block;
        free(block);
    }
    return unused;
}
KP_PROFILE static int children(void)
{
    char *arguments[] = {"true", NULL}, *nothing[] = {NULL};
    for (int i = 0; i < 20; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            free(malloc(100));
            _exit(0);
        }
        if (waitpid(pid, &status, 0) != pid || status != 0)
            return 1;
        if (posix_spawnp(&pid, "true", NULL, NULL, arguments, nothing) != 0 || waitpid(pid, &status, 0) != pid)
            return 1;
        pid = vfork();
        if (pid == 0)
            _exit(0);
        waitpid(pid, &status, 0);
    }
    return 0;
}
KP_PROFILE static int failures(void)
{
    volatile size_t huge = SIZE_MAX / 2;
    void *volatile block = malloc(10);
    void *volatile got = realloc(block, huge);
    if (got)
        return 1;
    got = reallocarray(block, huge, 4);
    if (got)
        return 1;
    got = calloc(huge, 4);
    if (got)
        return 1;
    block = realloc(block, 20);
    free(block);
    return 0;
}
int main(void)
{
    pthread_t thread;
    struct itimerval often = {{0, 200}, {0, 200}};
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &often, NULL);
    pthread_create(&thread, NULL, churn, NULL);
    int failed = children() || failures();
    while (handled < 100)
        ;
    stop = 1;
    pthread_join(thread, NULL);
    return failed;
}
C
"$KERNPROF" cc -O1 -w t.c -o t -lpthread
memprof -q -o t.mprof timeout 60 ./t || { echo "exit status $?"; exit 1; }
got=$(sqlite3 t.mprof 'SELECT SUM(lost), MAX(live_bytes) < 2000 FROM memory_processes;
  SELECT SUM(allocations), SUM(allocated_bytes), SUM(freed_bytes) FROM memory_lines WHERE function = "failures"' | tr '\n' ' ')
[ "$got" = '0|1 2|30|30 ' ] || { echo "$got"; exit 1; }
