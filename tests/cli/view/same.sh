#!/bin/bash
# One profile, the same numbers in text, page, terminal, JSON and CSV: hits, times, shares, errors, threads, ranks; also where
# rounding is a tie, and where there is no value.
set -eu
. "$KP_TESTS/cli/page/common.sh"
. "$KP_TESTS/terminal.sh"
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE __attribute__((noinline)) static int inner(int i)
{
    if (i < 0)
        return 0;
    return i | 1;
}

KP_PROFILE static int outer(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += inner(i);
    return s;
}
int main(void) { return outer(1000) == 1; }
C
"$KERNPROF" cc -O0 -o t t.c
for rank in 0 1 2; do
  "$KERNPROF" -l -q -o "$rank.lprof" ./t
  sqlite3 "$rank.lprof" "UPDATE run SET rank = $rank, timing = 'adaptive';
    UPDATE line SET time_ns = (250 + 100 * line) * hits * (1 + $rank) % 1000003, self_ns = 750 * line, error_ns = 250 + line, wait_ns = 125 * line,
      min_ns = CASE line WHEN 13 THEN 250 ELSE 0 END, max_ns = CASE line WHEN 13 THEN 1450 ELSE 0 END WHERE hits > 0;
    UPDATE line SET time_ns = 0, self_ns = 0, error_ns = 0, wait_ns = 0, min_ns = 0, max_ns = 0 WHERE hits = 0;
    INSERT INTO thread_line SELECT function, source, line, 1, hits - hits / 3, time_ns - time_ns / 4 FROM line WHERE hits > 0;
    INSERT INTO thread_line SELECT function, source, line, 2, hits / 3, time_ns / 4 FROM line WHERE hits > 0;
    UPDATE function SET total_ns = (SELECT SUM(time_ns) FROM line WHERE function = id), self_ns = total_ns"
done
"$KERNPROF" merge -o t.lprof 0.lprof 1.lprof 2.lprof
"$KERNPROF" view --columns --threads --ranks -o text t.lprof
"$KERNPROF" view --html page.html t.lprof
node "$KP_TESTS/page/cells.mjs" page.html t.c > page.json
"$KERNPROF" export --format json -o lines.json t.lprof
"$KERNPROF" export --format csv -o lines.csv t.lprof
terminal 303 40 "$KERNPROF view --tui --columns --threads --ranks t.lprof; exec cat"
shows 'inner  \(t\.c:2\)'
tmux send-keys Enter
shows 'int main\(void\)'
/usr/bin/python3 "$KP_TESTS/cli/view/same.py"
