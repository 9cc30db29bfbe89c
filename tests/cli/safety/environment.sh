# Strange values of the variable that wakes the runtime: the program runs, counted or not, and says a line at most.
set -eu
. "$KP_TESTS/counts.sh"
printf '#include <kernprof.h>\nKP_PROFILE int main(void) { return 3; }\n' > t.c
"$KERNPROF" cc -O2 t.c -o t
check() { # VALUE LINES
  status=0
  KERNPROF_COUNTERS=$1 ./t 2> err || status=$?
  expect "'$1': exit status and lines said" "$status $(wc -l < err)" "3 $2"
}
check "" 0
check relative 1
check /no/such/folder 1
check "$PWD/t.c" 1
check "$(printf '/%05000d' 0)" 1
mkdir counters
check "$PWD/counters" 0
expect "mode" "$(stat -c %a counters/*)" 600
# What is in the way is neither followed nor changed: the name of the file is not to be known beforehand.
KERNPROF_COUNTERS=$PWD/counters ./t || true
expect "files" "$(ls counters | wc -l)" 2
