# A program that runs with more rights than its caller's looks at nothing that the caller says: it is not profiled.
set -eu
. "$KP_TESTS/counts.sh"
[ "$(id -u)" = 0 ] || exit 77
printf '#include <kernprof.h>\n#include <stdio.h>\nKP_PROFILE int main(void) { puts("runs"); return 3; }\n' > t.c
"$KERNPROF" cc -O2 t.c -o t
chmod 755 .
mkdir counters
chmod 777 counters
status=0
KERNPROF_COUNTERS=$PWD/counters ./t > /dev/null || status=$?
expect "exit status, files" "$status $(ls counters | wc -l)" "3 1"
rm counters/*
chown nobody t
chmod u+s t
status=0
KERNPROF_COUNTERS=$PWD/counters ./t > /dev/null || status=$?
expect "exit status, files of the setuid program" "$status $(ls counters | wc -l)" "3 0"
status=0
"$KERNPROF" -l -o t.lprof ./t > out 2> err || status=$?
expect "exit status under kernprof" "$status $(cat out)" "3 runs"
grep -q 'no profile' err || fail "$(cat err)"
[ ! -e t.lprof ] || fail "there is a profile"
