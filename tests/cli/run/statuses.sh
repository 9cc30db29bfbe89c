# The process that kernprof started has the first row of `runs`, with its status and duration, instrumented or not; its
# children that counted have theirs.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
KP_PROFILE int main(int argc, char **argv)
{
    (void)argc;
    switch (argv[1][0]) {
    case 'k': raise(SIGKILL); break;
    case 'e': execl("./u", "u", "7", (char *)0); break;
    }
    return atoi(argv[1]);
}
C
sed 's/\.\/u/.\/none/' t.c > u.c
"$KERNPROF" cc -O2 t.c -o t
"$KERNPROF" cc -O2 u.c -o u
rows() { sqlite3 run.lprof "SELECT coalesce(exit_status, '-'), clean, duration_ns > 0 FROM runs" | tr '\n' ' '; }
expect() { # STATUS ROWS PROGRAM ...
  local status=0 wanted=$1 wanted_rows=$2
  shift 2
  "$KERNPROF" -l -q -o run.lprof "$@" 2> /dev/null || status=$?
  [ $status = "$wanted" ] || { echo "$*: exit status $status, not $wanted"; exit 1; }
  [ "$(rows)" = "$wanted_rows " ] || { echo "$*: rows $(rows), not $wanted_rows"; exit 1; }
}
expect 3 '3|1|1' ./t 3
expect 137 '137|0|1' ./t k
# A program that executes another stays one process.
expect 7 '7|1|1' ./t e
printf '#!/bin/sh\n./t 3\n./t 0\nexit 5\n' > s.sh
chmod +x s.sh
expect 5 '5|1|1 -|1|1 -|1|1' ./s.sh
printf '#!/bin/sh\n./t k\nexit 0\n' > s.sh
expect 0 '0|1|1 -|0|' ./s.sh
printf '#!/bin/sh\n./t 0\nkill -9 $$\n' > s.sh
expect 137 '137|0|1 -|1|1' ./s.sh
printf '#!/bin/sh\nexec ./t 4\n' > s.sh
expect 4 '4|1|1' ./s.sh
"$KERNPROF" info run.lprof | grep -q 'exit status 4' || { "$KERNPROF" info run.lprof; exit 1; }
