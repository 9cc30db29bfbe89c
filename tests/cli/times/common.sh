# Sourced by the tests of sampled and timed lines.
. "$KP_TESTS/counts.sh"

# own PROFILE LINE [FILE], total PROFILE LINE [FILE]: microseconds of a line.
own() { sqlite3 "$1" "SELECT CAST(TOTAL(self_ns) / 1000 AS INTEGER) FROM lines WHERE line = $2 AND file LIKE '%/${3:-%}'"; }
total() { sqlite3 "$1" "SELECT CAST(TOTAL(time_ns) / 1000 AS INTEGER) FROM lines WHERE line = $2 AND file LIKE '%/${3:-%}'"; }

# at_least WHAT GOT LEAST, at_most WHAT GOT MOST
at_least() { [ "$2" -ge "$3" ] || fail "$1: $2, less than $3"; }
at_most() { [ "$2" -le "$3" ] || fail "$1: $2, more than $3"; }

# spin.h: spin(ms) on line 11 uses so much of the thread's processor time; its length is known on a busy machine as well.
spin_header() {
  cat > spin.h <<'C'
#include <kernprof.h>
#include <time.h>
static double spin_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}
KP_PROFILE static void spin(double ms)
{
    for (double until = spin_now() + ms; spin_now() < until;) {
        for (volatile int i = 0; i < 100000;) i = i + 1;
    }
}
C
}
