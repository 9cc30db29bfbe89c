# Calls that end by an exception or a longjmp have the time that they took, as others have.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
cat > t.cpp <<'C'
#include "spin.h"
#include <setjmp.h>
#include <stdio.h>
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
static double wall[5];
static double wall_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}
KP_PROFILE static void catches(int n)
{
    for (int i = 0; i < n; i++) {
        wall[0] -= wall_us();
        try {
            thrower();
        } catch (const std::exception &) {
            wall[0] += wall_us(); wall[1] -= wall_us();
            spin(1);
            wall[1] += wall_us();
        }
        wall[2] -= wall_us();
        try { through(); } catch (const std::exception &) { sink = 2; }
        wall[2] += wall_us(); wall[3] -= wall_us();
        try { cleaned(); } catch (const std::exception &) { sink = 3; }
        wall[3] += wall_us();
    }
}
KP_PROFILE static void jumps(volatile int n)
{
    while (n > 0) {
        wall[4] -= wall_us();
        if (setjmp(place) == 0)
            jumper();
        wall[4] += wall_us();
        n--;
    }
}
int main()
{
    catches(100);
    jumps(100);
    for (double us : wall)
        printf("%.0f\n", us);
    return 0;
}
C
# LINE WHICH: the line has the time of 100 calls of 1 ms each, and not more than has passed around it. Every call is timed.
lines='32 0
35 1
12 2
39 2
18 3
41 3
50 4'
for version in 14 19; do
  command -v clang-$version > /dev/null || continue
  export KERNPROF_CXX=clang++-$version
  for flags in -O0 -O2; do
    "$KERNPROF" c++ $flags t.cpp -o t
    mapfile -t wall < <("$KERNPROF" -l -q --overhead=100 -o t.lprof ./t)
    while read -r line which; do
      at_least "clang-$version $flags: line $line" "$(total t.lprof $line t.cpp)" 99000
      at_most "clang-$version $flags: line $line" "$(total t.lprof $line t.cpp)" $((wall[which] * 101 / 100))
    done <<< "$lines"
  done
done
