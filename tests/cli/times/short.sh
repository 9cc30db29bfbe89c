# A short run does not come out empty: its lines have their own time, and calls that run once are timed.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
# check_run SAMPLER MS: a run of MS milliseconds.
check_run() {
  cat > t.c <<C
#include "spin.h"
KP_PROFILE int main(void)
{
    spin($2);
    return 0;
}
C
  "$KERNPROF" cc -O2 t.c -o t
  KERNPROF_SAMPLER=$1 "$KERNPROF" -l -q -o t.lprof ./t
  at_least "$1: loop" "$(own t.lprof 12 spin.h)" $(($2 * 250))
  at_least "$1: call" "$(total t.lprof 4 t.c)" $(($2 * 990))
  "$KERNPROF" view t.lprof > listing
  grep -qE "^ +4 +1 +[0-9.]+ +[0-9.]+ +[0-9.]+ +spin\\($2\\);" listing || fail "$(cat listing)"
}
if "$KERNPROF" doctor | grep -q '^ok *perf events'; then check_run perf 20; fi
# Timers of processor time expire at the system's ticks alone, of up to 10 ms, and only while the thread runs: on a busy machine
# 20 ms can pass between two of them.
check_run timer 200
