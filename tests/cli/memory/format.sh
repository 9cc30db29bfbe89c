# The listing has memory_profiler's columns: its template is `{:>6} {:>12} {:>12}  {:>10}   {:<}`.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
static void *volatile sink;
KP_PROFILE static void grow(void)
{
    for (int i = 0; i < 3; i++)
        sink = malloc(1 << 20);
    free(sink);
}
int main(void)
{
    grow();
    return 7;
}
C
"$KERNPROF" cc -O2 t.c -o t
status=0
memprof ./t > out 2> err || status=$?
[ $status = 7 ] || { echo "exit status $status"; exit 1; }
cat > expected <<'TEXT'
Filename: t.c

Line #    Mem usage    Increment  Occurrences   Line Contents
=============================================================
     4    0.000 MiB    0.000 MiB           1   KP_PROFILE static void grow(void)
     5                                         {
     6    3.000 MiB    0.000 MiB           4       for (int i = 0; i < 3; i++)
     7    3.000 MiB    3.000 MiB           3           sink = malloc(1 << 20);
     8    2.000 MiB   -1.000 MiB           1       free(sink);
     9    2.000 MiB    0.000 MiB           1   }


TEXT
diff expected out
grep -q 't.mprof: process [0-9]*: 3 allocations of 3145728 bytes, peak 3145728 bytes, never freed 2097152 bytes in 2 blocks' err ||
  { cat err; exit 1; }
"$KERNPROF" view t.mprof > again
diff expected again
"$KERNPROF" export --format csv t.mprof | head -1 | grep -q '^file,line,function,occurrences,allocated_bytes' || exit 1
memprof -q --precision 1 -o q.mprof ./t > out 2> err || true
[ ! -s out ] && [ ! -s err ] && [ -s q.mprof ] || { cat out err; exit 1; }
memprof --precision=1 --columns=leaked,temporary ./t 2> /dev/null > out || true
grep -q '^     7      3.0 MiB      3.0 MiB           3     2097152           1   ' out || { cat out; exit 1; }
