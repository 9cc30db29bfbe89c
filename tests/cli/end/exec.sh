# What a program counted before it executes another is kept, be that one instrumented or not; both are one process.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <unistd.h>
KP_PROFILE static void work(int argc, char **argv)
{
    for (int i = 0; i < 10; i++)
        usleep(1);
    if (argc > 1)
        execv(argv[1], argv + 1);
}
int main(int argc, char **argv)
{
    work(argc, argv);
    return 8;
}
C
"$KERNPROF" cc -O2 t.c -o t
check() {
  local status=0 wanted=$1
  shift
  "$KERNPROF" -l -q -o t.lprof "$@" || status=$?
  expect "$*" "$status $(hits t.lprof 6) $(runs t.lprof 'exit_status,clean')" "$wanted"
}
check "8 10 8 1" ./t
check "8 20 8 1" ./t ./t
check "8 30 8 1" ./t ./t ./t
check "0 10 0 1" ./t /bin/true
check "1 20 1 1" ./t ./t /bin/false
