# What options put before a function's entry, and how much of it, changes no count.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <stdio.h>
__attribute__((noinline)) int work(int n)
{
    return n * 3;
}
int main(void)
{
    int s = 0;
    int (*volatile pointer)(int) = work;
    for (int i = 0; i < 10; i++)
        s += work(i) + pointer(i);
    printf("%d\n", s);
    return 0;
}
C
while read -r flags; do
  case $(uname -m),$flags in
    x86_64,* | *,*patchable*) ;;
    *) continue ;;
  esac
  "$KERNPROF" cc $flags -fkernprof-all t.c -o t
  for timing in adaptive off exact; do
    "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t > out 2> err
    got=$("$KERNPROF" export --format csv t.lprof | awk -F, '$2 == 4 || $2 == 11 { printf "%s ", $4 }')
    [ "$got" = "20 10 " ] && [ ! -s err ] || { cat err; fail "$flags, $timing: $got"; }
  done
done <<'FLAGS'
-O2 -fpatchable-function-entry=4,2
-O1 -fpatchable-function-entry=16,16
-O2 -fpatchable-function-entry=5000,4000
-O2 -fpatchable-function-entry=8
-O0 -fsanitize=kcfi
-O2 -fsanitize=kcfi
-O2 -fsanitize=kcfi -fpatchable-function-entry=8,3
-Os -fcf-protection=full -fpatchable-function-entry=3,1
FLAGS
