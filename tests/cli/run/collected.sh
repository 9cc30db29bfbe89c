# What a linker that collects garbage leaves of a program is listed: functions that were inlined everywhere too. Code that
# it drops from the program without us, it drops with us.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <stdio.h>
KP_PROFILE static int inner(int n)
{
    return n * 3;
}
KP_PROFILE int outer(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += inner(i);
    return s;
}
int never_called(int n)
{
    return outer(n) + 77777;
}
int main(void)
{
    printf("%d\n", outer(10) + outer(20));
    return 0;
}
C
while read -r flags; do
  for all in '' -fkernprof-all; do
    "$KERNPROF" cc $flags $all t.c -o t > log 2>&1 || { cat log; fail "$flags: does not link"; }
    "$KERNPROF" -l -q -o t.lprof ./t > out
    got=$("$KERNPROF" export --format csv t.lprof | awk -F, '$2 == 5 || $2 == 11 || $2 == 12 { printf "%s ", $4 }')
    [ "$got" = "30 30 2 " ] || fail "$flags $all: $got"
    nm t > symbols
    case $flags in # linkers that keep whatever is in a section whose bounds the runtime uses keep the code it refers to
      *nostart-stop-gc* | *=bfd*--gc-sections | *=gold*) continue ;;
      *-ffunction-sections*) ! grep -q ' never_called$' symbols || fail "$flags $all: dead code is kept" ;;
    esac
  done
done <<'FLAGS'
-O2 -fuse-ld=lld -Wl,--gc-sections
-O2 -fuse-ld=lld -ffunction-sections -Wl,--gc-sections
-O2 -fuse-ld=lld -ffunction-sections -Wl,--gc-sections -Wl,-z,nostart-stop-gc
-O2 -fuse-ld=bfd -ffunction-sections -Wl,--gc-sections
-O2 -fuse-ld=bfd -ffunction-sections -Wl,--gc-sections -Wl,-z,start-stop-gc
-O2 -fuse-ld=gold -ffunction-sections -Wl,--gc-sections
-O3 -fuse-ld=lld -flto=thin -Wl,--gc-sections
-O2 -fuse-ld=lld -flto -Wl,--gc-sections
-Os -fuse-ld=lld -ffunction-sections -Wl,--gc-sections
-O1 -fuse-ld=lld -ffunction-sections -Wl,--gc-sections
-O0 -fuse-ld=lld -ffunction-sections -Wl,--gc-sections
FLAGS
