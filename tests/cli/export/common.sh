# Makes t.lprof: main calls outer 2 times and leaf once; outer calls leaf 6 times, and leaf itself once more each time.
# Hits and sources are real; times and calls are set, so that the readers' answers can be told exactly.
set -eu
fail() { echo "$*"; exit 1; }
# expect FILE TEXT...: each text stands in a line of the file, blanks counting as one.
expect() {
  local file=$1 text
  shift
  tr -s ' ' < "$file" > .squeezed
  for text; do
    grep -qF -- "$text" .squeezed || { echo "no '$text' in $file:"; cat "$file"; exit 1; }
  done
}
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE static long leaf(long n)
{
    /* it's { a comment that no tokenizer of Python likes """ */
    if (n > 100)
        return leaf(n - 100) + 1;
    return n;
}

KP_PROFILE static long outer(long n)
{
    long s = 0;
    for (long i = 0; i < 3; i++)
        s += leaf(n + i);
    return s;
}

KP_PROFILE int main(void)
{
    long s = outer(100) + outer(101);
    return leaf(s) == 0;
}
C
"$KERNPROF" cc -O1 -fno-inline t.c -o t
"$KERNPROF" -l -q -o t.lprof ./t
sqlite3 t.lprof "
UPDATE function SET total_ns = 0, self_ns = 0; UPDATE line SET time_ns = 0, self_ns = 0; DELETE FROM arc;
UPDATE function SET calls = 13, primitive_calls = 7, total_ns = 6000000000, self_ns = 6000000000 WHERE name = 'leaf';
UPDATE function SET calls = 2, primitive_calls = 2, total_ns = 7000000000, self_ns = 2000000000 WHERE name = 'outer';
UPDATE function SET calls = 1, primitive_calls = 1, total_ns = 8500000000, self_ns = 500000000 WHERE name = 'main';
UPDATE line SET time_ns = 4000000000, self_ns = 4000000000 WHERE line = 5;
UPDATE line SET time_ns = 4000000000, self_ns = 2000000000 WHERE line = 6;
UPDATE line SET time_ns = 7000000000, self_ns = 2000000000 WHERE line = 14;
UPDATE line SET time_ns = 7250000000, self_ns = 250000000 WHERE line = 20;
UPDATE line SET time_ns = 1250000000, self_ns = 250000000 WHERE line = 21;
INSERT INTO arc SELECT c.id, c.source, a.l, e.id, a.calls, a.prim, a.total, a.self FROM (
  SELECT 'main' c, 20 l, 'outer' e, 2 calls, 2 prim, 7000000000 total, 2000000000 self UNION ALL
  SELECT 'main', 21, 'leaf', 1, 1, 1000000000, 1000000000 UNION ALL
  SELECT 'outer', 14, 'leaf', 6, 6, 5000000000, 5000000000 UNION ALL
  SELECT 'leaf', 6, 'leaf', 6, 0, 2000000000, 2000000000) a
  JOIN function c ON c.name = a.c JOIN function e ON e.name = a.e"
