# Exit statuses are the program's own, and what was counted before is in the profile, however the program ends.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
static volatile int *nowhere;
static char *volatile newest;
static char stack[1 << 16];
static void on_overflow(int number)
{
    (void)number;
    _exit(9);
}
static volatile int enough; /* the compiler must not see that it never ends */
static __attribute__((noinline)) int deeper(volatile char *before)
{
    volatile char frame[4096];
    frame[0] = before[0];
    getppid();
    return enough ? 0 : deeper(frame) + frame[0];
}
static void handle_overflow(void)
{
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_handler = on_overflow, .sa_flags = SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
}
static void use_all_memory(void)
{
    struct rlimit limit = {1 << 28, 1 << 28};
    setrlimit(RLIMIT_AS, &limit);
    for (;;) {
        newest = malloc(1 << 20);
        *newest = 1;
    }
}
static __attribute__((noinline)) void fault(void)
{
    *nowhere = 1;
}
static __attribute__((noinline)) void trap(void)
{
    __builtin_trap();
}
KP_PROFILE static void end(const char *how)
{
    for (int i = 0; i < 10; i++)
        usleep(1);
    if (!strcmp(how, "exit"))
        exit(3);
    if (!strcmp(how, "_exit"))
        _exit(4);
    if (!strcmp(how, "quick_exit"))
        quick_exit(5);
    if (!strcmp(how, "abort"))
        abort();
    if (!strcmp(how, "segv"))
        fault();
    if (!strcmp(how, "inside"))
        *nowhere = 1;
    if (!strcmp(how, "trap"))
        trap();
    if (!strcmp(how, "overflow"))
        deeper(stack);
    if (!strcmp(how, "handled")) {
        handle_overflow();
        deeper(stack);
    }
    if (!strcmp(how, "memory"))
        use_all_memory();
    if (!strcmp(how, "pause"))
        pause();
    if (!strcmp(how, "kill"))
        kill(getpid(), SIGKILL);
}
int main(int argc, char **argv)
{
    (void)argc;
    end(argv[1]);
    return 0;
}
C
"$KERNPROF" cc -O2 -w t.c -o t
line=$(grep -n 'usleep(1)' t.c | cut -d: -f1)
check() {
  for timing in exact off; do
    status=0
    "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t "$1" 2> err || status=$?
    expect "$1: exit status" $status "$2"
    expect "$1: clean and exit status" "$(runs t.lprof clean,exit_status)" "$3 $2"
    got=$(hits t.lprof "$line")
    [ "$got" = 10 ] || [ "$got" = "${4:-10}" ] || fail "$1: $got hits"
  done
}
check return 0 1
check exit 3 1
check _exit 4 1
check quick_exit 5 1
check abort 134 0
check segv 139 0
check inside 139 0 11 # between two calls of its own: the activation in flight may count one more
check trap $((128 + $(kill -l ILL))) 0
check overflow 139 0
check handled 9 1
check memory 139 0
check kill 137 0
