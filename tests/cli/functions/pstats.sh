#!/usr/bin/env bash
# Python's pstats prints of the exported profile what `kernprof view` prints, for every sort key, callers and callees.
set -euo pipefail
cat > p.c <<'C'
static volatile int sink;
__attribute__((noinline)) int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
__attribute__((noinline)) void leaf(int n) { for (int i = 0; i < 1000 * n; i++) sink += i; }
__attribute__((noinline)) void middle(int n) { for (int i = 0; i < n; i++) leaf(i); sink += fib(n); }
int main(void)
{
    middle(10);
    middle(15);
    leaf(3);
    return 0;
}
C
"$KERNPROF" cc -O1 -fkernprof-all p.c -o p
"$KERNPROF" -q --timing=exact -o p.prof ./p
"$KERNPROF" export --format pstats -o p.pstats p.prof
theirs() { # KEY METHOD: without the line of the file's name
  python3 - "$@" <<'PYTHON'
import pstats, sys
stats = pstats.Stats("p.pstats")
stats.files = []
getattr(stats.strip_dirs().sort_stats(sys.argv[1]), sys.argv[2])()
PYTHON
}
for key in calls cumtime cumulative filename line module name ncalls nfl pcalls stdname time tottime; do
  diff <(theirs $key print_stats) <("$KERNPROF" view -s $key p.prof) || { echo "-s $key"; exit 1; }
done
diff <(theirs stdname print_callers) <("$KERNPROF" view -s stdname --callers p.prof)
diff <(theirs stdname print_callees) <("$KERNPROF" view -s stdname --callees p.prof)
# Two runs added up by pstats, and by merge: the same calls and callers, and times but for what floating point rounds.
"$KERNPROF" -q --timing=exact -o q.prof ./p
"$KERNPROF" export --format pstats -o q.pstats q.prof
"$KERNPROF" merge -o both.prof p.prof q.prof
"$KERNPROF" export --format pstats -o both.pstats both.prof
python3 - <<'PYTHON'
import math, pstats
added, merged = pstats.Stats("p.pstats", "q.pstats").stats, pstats.Stats("both.pstats").stats
def same(a, b):
    return a[:2] == b[:2] and all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) for x, y in zip(a[2:4], b[2:4]))
assert added.keys() == merged.keys() and len(added) == 4, (added.keys(), merged.keys())
for function, entry in added.items():
    callers, others = entry[4], merged[function][4]
    assert same(entry, merged[function]), (function, entry, merged[function])
    assert callers.keys() == others.keys() and all(same(callers[c], others[c]) for c in callers), (function, callers, others)
assert added[next(f for f in added if f[2] == "leaf")][1] == 2 * 26
PYTHON
