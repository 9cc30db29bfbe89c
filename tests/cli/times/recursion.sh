# The optimiser makes a loop of a function that calls itself last: its recursive calls are lines with their time, and arcs, as
# without that; its outermost activations are told by the calls from elsewhere.
set -eu
. "$KP_TESTS/cli/times/common.sh"
"$KERNPROF" doctor | grep -q '^ok *perf events' || exit 77
cat > t.c <<'C'
static volatile unsigned steps;

static unsigned step(void)
{
    for (int i = 0; i < 50; i++)
        steps = steps + 1;
    return steps;
}

unsigned tree(int depth)
{
    unsigned sum = step();
    if (depth > 1) {
        sum += tree(depth - 1);
        sum += tree(depth - 1);
    }
    return sum;
}

unsigned chain(int length)
{
    if (length == 0)
        return 0;
    unsigned last = step();
    return last + chain(length - 1);
}

int main(void)
{
    unsigned sum = 0;
    for (int i = 0; i < 4; i++)
        sum += tree(20);
    for (int i = 0; i < 100; i++)
        sum += chain(30000);
    return sum == 1;
}
C
for level in -O2 -O3; do
  "$KERNPROF" cc $level -fkernprof-all t.c -o t
  "$KERNPROF" -l -q -o t.lprof ./t
  expect "$level: hits" "$(sqlite3 t.lprof "SELECT group_concat(hits, ' ') FROM (SELECT hits FROM lines WHERE line IN (14, 15, 24, 25, 32, 34) ORDER BY line)")" \
    "2097148 2097148 3000000 3000000 4 100"
  expect "$level: calls" "$(sqlite3 t.lprof "SELECT group_concat(caller || ' ' || calls, ', ') FROM (SELECT caller, calls FROM calls WHERE callee = 'tree' ORDER BY caller, caller_line)")" \
    "main 4, tree 2097148, tree 2097148"
  expect "$level: calls that no other is above" "$(sqlite3 t.lprof "SELECT group_concat(primitive_calls, ' ') FROM (SELECT primitive_calls FROM functions WHERE function IN ('tree', 'chain') ORDER BY function)")" "100 4"
  left=$(total t.lprof 14) right=$(total t.lprof 15)
  at_least "$level: two recursive calls are alike" $((100 * left / (left + right))) 30
  at_most "$level: two recursive calls are alike" $((100 * left / (left + right))) 70
  at_least "$level: nearly all of the time is in recursive calls" $((100 * (left + right) / $(total t.lprof 32))) 90
  at_least "$level: a chain's, too" $((100 * $(total t.lprof 25) / $(total t.lprof 34))) 90
done
