# What counting takes in a function is on none of its lines; then it is not on the arrow to it either.
set -eu
. "$KP_TESTS/cli/times/common.sh"
"$KERNPROF" doctor | grep -q '^ok *perf events' || exit 77
cat > t.c <<'C'
#include <kernprof.h>

static volatile unsigned steps;

__attribute__((noinline)) static void step(void)
{
    steps = steps + 1;
}

/* At -O0 and with a call in the loop, each of its blocks has a counter in memory. */
KP_PROFILE __attribute__((noinline)) static unsigned branches(int rounds)
{
    unsigned state = 1, sum = 0;
    for (int i = 0; i < rounds; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        if (state & 64)
            sum += state;
        if (state & 2)
            sum ^= state >> 3;
        if (state & 4)
            sum -= state << 1;
        if (state & 8)
            sum ^= 8;
        if ((state & 0xfff) == 0)
            step();
    }
    return sum;
}

KP_PROFILE int main(void)
{
    return branches(50000000) == 0;
}
C
"$KERNPROF" cc -O0 -g t.c -o t
"$KERNPROF" -l -q -o t.lprof ./t
# The time of the one call is known with its counting, less what it waited for its turn; in percent of the function's time.
of_total() {
  sqlite3 t.lprof "SELECT CAST(100 * (l.time_ns - l.wait_ns) * $1 / f.total_ns AS INTEGER) FROM function f
    JOIN arc a ON a.callee = f.id JOIN line l ON l.function = a.caller AND l.line = a.caller_line WHERE f.name = 'branches'"
}
at_least "call with counting" "$(of_total 1.0)" 106
at_least "arrow" "$(of_total '1.0 * a.total_ns / l.time_ns')" 95
at_most "arrow" "$(of_total '1.0 * a.total_ns / l.time_ns')" 105
