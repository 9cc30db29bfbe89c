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
