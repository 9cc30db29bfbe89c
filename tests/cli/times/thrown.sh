# Calls that end by an exception or a longjmp have the time that they took, as others have.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
cat > t.cpp <<'C'
#include "spin.h"
#include <setjmp.h>
#include <stdexcept>
struct Guard { ~Guard() { __asm__ volatile(""); } };
static jmp_buf place;
static volatile int sink;
__attribute__((noinline)) static void thrower() { spin(1); throw std::runtime_error("no"); }
__attribute__((noinline)) static void jumper() { spin(1); longjmp(place, 1); }
KP_PROFILE __attribute__((noinline)) static void through()
{
    thrower();
    sink = 1;
}
KP_PROFILE __attribute__((noinline)) static void cleaned()
{
    Guard guard;
    thrower();
}
KP_PROFILE static void catches(int n)
{
    for (int i = 0; i < n; i++) {
        try {
            thrower();
        } catch (const std::exception &) {
            spin(1);
        }
        try { through(); } catch (const std::exception &) { sink = 2; }
        try { cleaned(); } catch (const std::exception &) { sink = 3; }
    }
}
KP_PROFILE static void jumps(volatile int n)
{
    while (n > 0) {
        if (setjmp(place) == 0)
            jumper();
        n--;
    }
}
int main()
{
    catches(100);
    jumps(100);
    return 0;
}
C
# Lines, and what they must have of the time of 100 calls of 1 ms each: all but a hundredth, and not twice as much. Wall time
# may be longer on a busy machine; but no line is much longer than the one that calls spin itself.
for version in 14 19; do
  command -v clang-$version > /dev/null || continue
  export KERNPROF_CXX=clang++-$version
  for flags in -O0 -O2; do
    "$KERNPROF" c++ $flags t.cpp -o t
    "$KERNPROF" -l -q -o t.lprof ./t
    longest=$(total t.lprof 25 t.cpp)
    for line in 11 17 23 25 27 28 35; do
      at_least "clang-$version $flags: line $line" "$(total t.lprof $line t.cpp)" 99000
      at_most "clang-$version $flags: line $line" "$(total t.lprof $line t.cpp)" $((2 * longest))
    done
  done
done
