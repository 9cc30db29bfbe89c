# A breakpoint that a debugger has set at the entry of a function before the program starts stays where it is: it is hit each
# time, the program ends as without it, functions beside it are counted, and that this one is not is said.
set -eu
. "$KP_TESTS/counts.sh"
command -v gdb > /dev/null || exit 77
gdb -q -batch -ex run true 2>&1 | grep -q "exited normally" || exit 77 # tracing is forbidden
cat > stops.c <<'C'
__attribute__((noinline)) int stops(int n)
{
    return n * 3; /* stops */
}
__attribute__((noinline)) int beside(int n)
{
    return n * 5; /* beside */
}
C
cat > t.c <<'C'
#include <stdio.h>
int stops(int), beside(int);
int main(void)
{
    int sum = 0;
    for (int i = 0; i < 10; i++)
        sum += stops(i) + beside(i);
    printf("sum %d\n", sum);
    return 0;
}
C
hits_of() { sqlite3 t.lprof "SELECT SUM(hits) FROM lines WHERE file LIKE '%/stops.c' AND line = $(grep -n "/\* $1 \*/" stops.c | cut -d: -f1)"; }
check() { # WHERE STOPS HITS
  printf '%s\n' "set confirm off" "set breakpoint pending on" "break $1" commands silent 'printf "stop\n"' continue end run > script
  "$KERNPROF" -l -q -o t.lprof gdb -q -batch -x script ./t > out 2>&1
  grep -q "^sum 360" out && grep -q "exited normally" out || fail "$kind, $level, $1: $(cat out)"
  expect "$kind, $level, $1: stops" "$(grep -c '^stop' out || true)" "$2"
  expect "$kind, $level, $1: hits of the function" "$(hits_of stops)" "$3"
  expect "$kind, $level, $1: hits beside it" "$(hits_of beside)" 10
  [ "$3" != 0 ] || expect "$kind, $level, $1: messages" "$(grep -c 'changed (by a breakpoint?)' out)" 1
}
for level in -O0 -O2; do
  for kind in executable static shared; do
    case $kind in
      shared)
        "$KERNPROF" cc $level -g -fkernprof-all -shared -fPIC stops.c -o libstops.so
        gcc -g t.c -o t -L. -lstops -Wl,-rpath,"$PWD"
        ;;
      static) "$KERNPROF" cc $level -g -static -fkernprof-all t.c stops.c -o t ;;
      *) "$KERNPROF" cc $level -g -fkernprof-all t.c stops.c -o t ;;
    esac
    check '*stops' 10 0
  done
  # Behind the first instruction, where the jump would reach: at -O0, the frame has been set up there.
  [ $level != -O0 ] || check '*stops+1' 10 0
done
