# What sets up a function's frame belongs to the line of its name, wherever the opening brace is.
set -eu
. "$KP_TESTS/cli/times/common.sh"
"$KERNPROF" doctor | grep -q '^ok *perf events' || exit 77
cat > t.c <<'C'
__attribute__((noinline)) static int
many(int a, int b, int c, int d, int e, int f)

{
    return a ^ b ^ c ^ d ^ e ^ f;
}

int main(void)
{
    int sum = 0;
    for (int i = 0; i < 100000000; i++)
        sum += many(i, sum, i, sum, i, sum);
    return sum == 1;
}
C
"$KERNPROF" cc -O0 -fkernprof-all t.c -o t
"$KERNPROF" -l -q -o t.lprof ./t
expect "listed lines" "$(sqlite3 t.lprof "SELECT group_concat(line, ' ') FROM (SELECT line FROM lines WHERE function = 'many' ORDER BY line)")" "2 5"
at_least "per cent of own time in the line of the name" $((100 * $(own t.lprof 2) / ($(own t.lprof 2) + $(own t.lprof 5)))) 5
