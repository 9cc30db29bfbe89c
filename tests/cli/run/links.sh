# Hits are the same however the program is linked.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <stdio.h>
KP_PROFILE static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i * (i ^ 3);
    return s;
}
KP_PROFILE int fib(int n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
int main(void)
{
    printf("%d %d\n", work(1000), fib(15));
    return 0;
}
C
while read -r flags; do
  "$KERNPROF" cc $flags t.c -o t
  "$KERNPROF" -l -q -o t.lprof ./t > out
  got=$("$KERNPROF" export --format csv t.lprof | awk -F, '$2 == 6 || $2 == 7 || $2 == 12 { printf "%s ", $4 }')
  [ "$got" = "1001 1000 1973 " ] || { echo "$flags: $got"; exit 1; }
done <<'FLAGS'
-O0
-O1
-O2
-O3
-Os
-O2 -g
-O2 -static
-O2 -static-pie
-O2 -no-pie
-O2 -fuse-ld=gold
-O2 -fuse-ld=bfd -Wl,--gc-sections
-O2 -fuse-ld=lld -ffunction-sections -Wl,--gc-sections -Wl,--icf=all
-O2 -fuse-ld=lld -flto=thin
-O2 -fuse-ld=lld -flto
FLAGS
