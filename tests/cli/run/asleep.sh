# Without kernprof the program does what it does, writes nothing, and executes at most 1 % more instructions.
set -eu
command -v valgrind > /dev/null || exit 77
cat > t.c <<'C'
#include <kernprof.h>
#include <stdio.h>
KP_PROFILE __attribute__((noinline)) unsigned hot(unsigned x)
{
    for (int i = 0; i < 8; i++)
        x = x * 1664525u + (x >> 7);
    return x;
}
int main(void)
{
    unsigned s = 1;
    for (int i = 0; i < 200000; i++)
        s += hot(s);
    printf("%u\n", s);
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o instrumented
clang-19 -O2 -gline-tables-only -gdwarf-4 -I"$KP_TESTS/../include" t.c -o plain
mkdir empty
instructions() {
  strip -g "$1"
  (cd empty && valgrind --tool=callgrind --callgrind-out-file=/dev/null "../$1" 2>&1 > ../out.$1 | awk '/Collected/ { print $4 }')
}
a=$(instructions plain) b=$(instructions instrumented)
cmp out.plain out.instrumented
[ -z "$(ls empty)" ] || { ls empty; exit 1; }
[ "$b" -le $((a + a / 100)) ] || { echo "$a instructions plain, $b instrumented"; exit 1; }
