# Exit statuses are the program's own; what was counted survives every end.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
KP_PROFILE static void end(const char *how)
{
    for (int i = 0; i < 10; i++)
        usleep(1);
    if (!strcmp(how, "exit"))
        exit(3);
    if (!strcmp(how, "_exit"))
        _exit(4);
    if (!strcmp(how, "abort"))
        abort();
    if (!strcmp(how, "segv"))
        raise(SIGSEGV);
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
check() {
  status=0
  "$KERNPROF" -l -q -o t.lprof ./t "$1" 2> /dev/null || status=$?
  [ $status = "$2" ] || { echo "$1: exit status $status, not $2"; exit 1; }
  hits=$("$KERNPROF" export --format csv t.lprof | awk -F, '$2 == 9 { print $4 }')
  clean=$("$KERNPROF" export --format csv --view runs t.lprof | tail -1 | sed 's/.*,//; s/\r//')
  [ "$hits $clean" = "10 $3" ] || { echo "$1: hits and clean are $hits $clean"; exit 1; }
}
check exit 3 1
check _exit 4 1
check abort 134 0
check segv 139 0
check kill 137 0
