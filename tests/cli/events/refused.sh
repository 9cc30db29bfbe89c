# An event that there is not, or that this machine does not have, is refused before the program runs, with a list of those
# that there are.
set -eu
. "$KP_TESTS/cli/events/common.sh"
printf '#include <stdio.h>\nint main(void) { puts("ran"); return 0; }' > t.c
"$KERNPROF" cc -fkernprof-all t.c -o t
status=0
"$KERNPROF" -l --event nonsense ./t > out 2> err || status=$?
expect "status" $status 125
expect "lines of output" "$(cat out)$(wc -l < err)" 1
grep -q '^kernprof: --event=nonsense: there is no event of this name; ' err || fail "$(cat err)"
! has page-faults || grep -q 'there are: .*page-faults' err || fail "$(cat err)"
! has page-faults || ! grep -q 'time' err || fail "time is no event: $(cat err)"
for event in cycles instructions cache-misses branch-misses; do
  has $event || grep -q "^kernprof: --event=$event: this machine does not have it" has.err || fail "$(cat has.err)"
done
