# Sourced by the tests of modules: libraries whose lines are known.
. "$KP_TESTS/counts.sh"

# library NAME FACTOR: NAME.so with a profiled function NAME(n), whose loop runs FACTOR * n times on line 5 of NAME.c.
library() {
  cat > "$1.c" <<C
#include <kernprof.h>
KP_PROFILE int $1(int n)
{
    int s = 0; for (int i = 0; i < n * $2; i++)
        s += i ^ n;
    return s;
}
C
  "$KERNPROF" cc -O2 -shared -fPIC "$1.c" -o "$1.so"
}

# hits_in PROFILE FILE LINE: over all instances.
hits_in() { sqlite3 "$1" "SELECT SUM(hits) FROM lines WHERE line = $3 AND file LIKE '%/$2'"; }
