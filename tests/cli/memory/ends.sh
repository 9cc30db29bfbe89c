# What was counted survives every end; children of a fork count for themselves, from zero.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *volatile sink;
KP_PROFILE static void grow(int n)
{
    for (int i = 0; i < n; i++)
        sink = malloc(1000);
}
KP_PROFILE static void drop(void)
{
    free(sink);
}
int main(int argc, char **argv)
{
    grow(10);
    if (argc > 1 && !strcmp(argv[1], "fork")) {
        if (fork() == 0) {
            drop();
            grow(5);
            _exit(0);
        }
        wait(NULL);
        return 0;
    }
    if (argc > 1 && !strcmp(argv[1], "exec"))
        execl(argv[0], argv[0], (char *)NULL);
    if (argc > 1 && !strcmp(argv[1], "kill"))
        kill(getpid(), SIGKILL);
    if (argc > 1)
        abort();
    _exit(3);
}
C
"$KERNPROF" cc -O2 t.c -o t
check() {
  local status=0
  memprof -q -o t.mprof ./t $1 2> /dev/null || status=$?
  got=$("$KERNPROF" export --format csv --view memory_lines t.mprof | tr -d '\r' |
    awk -F, '$2 == 11 { printf "%s %s %s ", $5, $7, $8 } $2 == 15 { print $6 }')
  [ "$status $got" = "$2" ] || { echo "'$1': $status $got, expected $2"; exit 1; }
}
# exit status, then of line 11 bytes allocated, live, at the peak, then what line 15 freed
check '' '3 10000 10000 10000 0'
check kill '137 10000 10000 10000 0'
check abort '134 10000 10000 10000 0'
check exec '3 20000 20000 20000 0'
check fork '0 15000 15000 15000 1000'
