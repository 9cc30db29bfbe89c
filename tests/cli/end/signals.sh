# SIGTERM to kernprof reaches the program; whether it dies of it or ends in order, its counts are there.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static void leave(int number)
{
    (void)number;
    exit(6);
}
KP_PROFILE static void work(void)
{
    for (int i = 0; i < 25; i++)
        usleep(1);
    close(open("ready", O_CREAT | O_WRONLY, 0600));
    for (;;)
        pause();
}
int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        signal(SIGTERM, leave);
    work();
}
C
"$KERNPROF" cc -O2 -w t.c -o t
line=$(grep -n 'usleep(1)' t.c | cut -d: -f1)
check() {
  local wanted=$1
  shift
  rm -f ready
  "$KERNPROF" -l -q -o t.lprof ./t "$@" &
  until [ -e ready ]; do :; done
  kill -TERM $!
  status=0
  wait $! || status=$?
  expect "exit status" $status "${wanted% *}"
  expect "hits and clean" "$(hits t.lprof "$line") $(runs t.lprof clean)" "25 ${wanted#* }"
}
check "143 0"
check "6 1" handle
