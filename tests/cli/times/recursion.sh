# The optimiser makes a loop of a function that calls itself last: its recursive calls are lines with their time, and arcs, as
# without that; its outermost activations are told by the calls from elsewhere.
set -eu
. "$KP_TESTS/cli/times/common.sh"
"$KERNPROF" doctor | grep -q '^ok *perf events' || exit 77
cat > t.c <<'C'
#include "flat.h"
static volatile unsigned steps;
static unsigned some(void)
{
    for (int i = 0; i < 50; i++)
        steps = steps + 1;
    return steps;
}

unsigned tree(int depth)
{
    unsigned sum = some();
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
    unsigned last = some();
    return last + chain(length - 1);
}

int main(void)
{
    unsigned sum = 0;
    for (int i = 0; i < 4; i++)
        sum += tree(20);
    for (int i = 0; i < 100; i++)
        sum += chain(30000);
    for (int i = 0; i < 1000000; i++)
        sum += flat(1);
    return sum == 1;
}
C
cat > flat.c <<'C'
#include "flat.h"

unsigned flat(int depth)
{
    unsigned sum = 0;
    for (int i = 0; i < 50; i++)
        sum = sum * 31 + (unsigned)i * step();
    return depth > 1 ? flat(depth - 1) + flat(depth - 2) : sum;
}
C
cat > flat.h <<'C'
unsigned flat(int depth);

static inline unsigned step(void)
{
    static volatile unsigned one = 1;
    return one;
}
C
cat > back.c <<'C'
#include <stdio.h>
#include <stdlib.h>

static int sum;

static int walk(const void *left, const void *right);

static __attribute__((noinline)) void sort(int count)
{
    int *numbers = calloc(count + 1, sizeof *numbers);
    for (int i = 0; i < count; i++)
        numbers[i] = i - count;
    if (count > 1)
        qsort(numbers, 2, sizeof *numbers, walk);
    free(numbers);
}

static int walk(const void *left, const void *right)
{
    int a = *(const int *)left, b = *(const int *)right;
    sum += a;
    if (a < -2)
        sort(-a - 1);
    return a - b;
}

int main(void)
{
    for (int i = 0; i < 10; i++)
        sort(100);
    printf("%d\n", sum);
    return 0;
}
C
for level in -O2 -O3; do
  "$KERNPROF" cc $level -fkernprof-all t.c flat.c -o t
  "$KERNPROF" -l -q -o t.lprof ./t
  expect "$level: hits" "$(sqlite3 t.lprof "SELECT group_concat(hits, ' ') FROM (SELECT hits FROM lines WHERE line IN (14, 15, 24, 25, 32, 34) AND file LIKE '%/t.c' ORDER BY line)")" \
    "2097148 2097148 3000000 3000000 4 100"
  expect "$level: calls" "$(sqlite3 t.lprof "SELECT group_concat(caller || ' ' || calls, ', ') FROM (SELECT caller, calls FROM calls WHERE callee = 'tree' ORDER BY caller, caller_line)")" \
    "main 4, tree 2097148, tree 2097148"
  expect "$level: calls that no other is above" "$(sqlite3 t.lprof "SELECT group_concat(primitive_calls, ' ') FROM (SELECT primitive_calls FROM functions WHERE function IN ('tree', 'chain') ORDER BY function)")" "100 4"
  left=$(total t.lprof 14) right=$(total t.lprof 15)
  at_least "$level: two recursive calls are alike" $((100 * left / (left + right))) 30
  at_most "$level: two recursive calls are alike" $((100 * left / (left + right))) 70
  at_least "$level: nearly all of the time is in recursive calls" $((100 * (left + right) / $(total t.lprof 32))) 90
  flat=$(sqlite3 t.lprof "SELECT CAST(total_ns / 1000 AS INTEGER) FROM functions WHERE function = 'flat'")
  at_least "$level: a function that does not recurse has time, although it could" "$flat" 10000
  at_least "$level: a chain's, too" $((100 * $(total t.lprof 25) / $(total t.lprof 34))) 90
  # Through a library, recursion is seen by functions that were chosen.
  "$KERNPROF" cc $level -fkernprof-functions=sort,walk back.c -o back
  "$KERNPROF" -l -q -o back.lprof ./back > /dev/null
  expect "$level: called back by a library" "$(sqlite3 back.lprof "SELECT group_concat(calls || ' ' || primitive_calls, ', ') FROM (SELECT * FROM functions ORDER BY function)")" "990 10, 990 10"
done
