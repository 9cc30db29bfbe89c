# `kernprof view` shows what lines allocate beside their hits and times, given a profile of each kind, and on request more
# columns of a memory profile alone.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
static void *volatile sink;
KP_PROFILE static void both(void)
{
    for (int i = 0; i < 3; i++)
        sink = malloc(100);
    free(sink);
}
KP_MEMPROF static void memory_alone(void)
{
    sink = malloc(7);
}
KP_LINEPROF static void lines_alone(void)
{
    sink = malloc(8);
}
int main(void)
{
    both();
    memory_alone();
    memory_alone();
    lines_alone();
    return 0;
}
C
"$KERNPROF" cc -O1 t.c -o t
"$KERNPROF" -l -q --timing=off -o t.lprof ./t
memprof -q -o t.mprof ./t
expect() { # LINE FUNCTION VALUES: the numbers of a line of the listing `out`
  local got
  got=$(awk -v line="$1" '$1 == line { sub(/  [^0-9]*[;{}(].*/, ""); sub(/^ */, ""); gsub(/ +/, " "); print }' out)
  [ "$got" = "$1 $2" ] || { echo "line $1: '$got', expected '$2'"; cat out; exit 1; }
}
heading() { grep -q "^Line # .*$1" out || { echo "no heading $1"; cat out; exit 1; }; }
"$KERNPROF" view t.lprof t.mprof > out
heading ' Hits .* Allocated  *At peak  *Leaked  *Line Contents'
expect 7 "3 300 300 200"
expect 8 "1 0 0 0"
expect 12 "2 14 0 14"
expect 16 "1"
"$KERNPROF" view t.mprof t.lprof > other
cmp out other
"$KERNPROF" view --columns=leaks,frees t.lprof t.mprof > out
heading ' Hits .* Frees  *Leaks  *Line Contents'
expect 7 "3 0 2"
expect 8 "1 1 0"
"$KERNPROF" view --function=memory_alone t.lprof t.mprof > out
[ "$(grep -c ^Function out)" = 1 ]
"$KERNPROF" view --columns=allocs,leaked t.mprof > out
heading 'Occurrences *Allocs *Leaked *Line Contents'
grep -Eq '^ +7 .* 3 +3 +200 ' out || { cat out; exit 1; }
"$KERNPROF" view --columns t.mprof > out
heading 'Allocs *Allocated *Frees *Freed *At peak *Leaked *Leaks *Temporary'
"$KERNPROF" view --columns t.lprof > out
if grep -q Allocated out; then echo "columns of memory without memory"; exit 1; fi
status=0
"$KERNPROF" view --columns=allocs t.lprof > out 2> err || status=$?
[ $status = 125 ] && grep -q 't.lprof does not say what lines allocate' err || { cat err; exit 1; }
