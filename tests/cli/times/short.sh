# A run of 20 ms does not come out empty: its lines have their own time, and calls that run once are timed.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
cat > t.c <<'C'
#include "spin.h"
KP_PROFILE int main(void)
{
    spin(20);
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o t
for sampler in perf timer; do
  if [ $sampler = perf ] && ! "$KERNPROF" doctor | grep -q '^ok *perf events'; then continue; fi
  KERNPROF_SAMPLER=$sampler "$KERNPROF" -l -q -o t.lprof ./t
  # Two ticks where the system ticks 100 times a second.
  at_least "$sampler: loop" "$(own t.lprof 12 spin.h)" 5000
  at_least "$sampler: call" "$(total t.lprof 4 t.c)" 19000
  "$KERNPROF" view t.lprof > listing
  grep -qE '^ +4 +1 +[0-9.]+ +[0-9.]+ +[0-9.]+ +spin\(20\);' listing || fail "$(cat listing)"
done
