# Without optimisation a breakpoint at a function stands behind the storing of its arguments, in every body of it: debuggers take
# the first line of a function for the end of its prologue, and so instrumentation before that has none.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
KP_TIMED("timed") int timed(int a, int b)
{
    return a + b;
}
KP_PROFILE int lines(int a, int b)
{
    int c = a * b;
    return c + a;
}
int main(void)
{
    return timed(3, 4) - lines(1, 6);
}
C
for flags in "" -fkernprof-all; do
  "$KERNPROF" cc -O0 -g $flags t.c -o t
  ends=$(llvm-dwarfdump-19 --debug-line t | awk '/^0x.*prologue_end/ { print $2 }' | sort -un | tr '\n' ' ')
  [ "$ends" = "4 8 13 " ] || { echo "${flags:-no flags}: prologues end at lines $ends"; exit 1; }
done
