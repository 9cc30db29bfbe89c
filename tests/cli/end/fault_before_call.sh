# A counter that the countdown of a call stands for is counted where it was: before what faults on the way to that call.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <stdio.h>
#include <stdlib.h>
__attribute__((noinline)) static void use(const int *place)
{
    int first = place[0];
    printf("%d\n", first);
    exit(first);
}
__attribute__((noinline)) static void look(const int *place, int deep)
{
    if (deep > 0)
        look(place, deep - 1);
    else
        use(place);
}
int main(int argc, char **argv)
{
    (void)argv;
    look(argc > 1 ? NULL : &argc, 3);
    return 0;
}
C
for level in -O0 -O1 -O2 -O3; do
  "$KERNPROF" cc $level -fkernprof-all t.c -o t
  for ending in "1:" "139:fault"; do
    status=0
    "$KERNPROF" -l -q -o t.lprof ./t ${ending#*:} > /dev/null || status=$?
    expect "$level: status" $status ${ending%:*}
    expect "$level, status $status: the line that faults, or not" "$(hits t.lprof 5)" 1
    expect "$level, status $status: the function's own line" "$(hits t.lprof 3)" 1
    expect "$level, status $status: recursion" "$(hits t.lprof 11) $(hits t.lprof 12) $(hits t.lprof 14)" "4 3 1"
  done
done
