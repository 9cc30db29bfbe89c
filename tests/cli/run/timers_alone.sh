#!/bin/bash
# A program that has timers and nothing instrumented is accepted by kernprof, whose view is then the timers' table; one
# that merely could have timers is not.
set -eu
root=$(cd "$KP_TESTS/.." && pwd)
lib=$KP_BUILD/lib
cat > t.c <<'C'
#include <kernprof.h>
int main(void)
{
#ifndef NONE
    KP_REGION("first phase") {}
    kp_region_begin("second\tphase");
    kp_region_end("second\tphase");
#endif
    return 0;
}
C
accepted() {
  "$KERNPROF" -v -q -o t.prof ./t > output || { echo "$*: exit status $?"; exit 1; }
  grep -q '^ first phase | *1 | *[0-9.e-]* | *[0-9.e-]* | *[0-9.]*$' output || { echo "$*:"; cat output; exit 1; }
  grep -q '^second phase |' output || { echo "$*: a control character is printed"; exit 1; }
  "$KERNPROF" view --timers t.prof | cmp - output
  "$KERNPROF" view t.prof | cmp - output
}
gcc -I "$root/include" t.c -o t -l:libkernprof.a -L "$lib"
accepted static library
strip t
accepted stripped
"$KERNPROF" info t | grep -q timers
gcc -static -I "$root/include" t.c -o t "$lib/libkernprof.a"
accepted static executable
gcc -Wl,--gc-sections -ffunction-sections -I "$root/include" t.c -o t "$lib/libkernprof.a"
accepted garbage-collected
gcc -I "$root/include" t.c -o t -L "$lib/kernprof/shared" -lkernprof -Wl,-rpath,"$lib"
accepted shared library

gcc -DNONE -I "$root/include" t.c -o t "$lib/libkernprof.a"
status=0
"$KERNPROF" -o none.prof ./t 2> messages || status=$?
[ $status = 125 ] && grep -q 'nothing in it is instrumented' messages && [ ! -e none.prof ] || { cat messages; exit 1; }

# Without kernprof it writes and prints nothing.
gcc -I "$root/include" t.c -o t "$lib/libkernprof.a"
mkdir empty && cd empty
[ -z "$(../t 2>&1)" ] && [ -z "$(ls -A)" ] || { echo "it writes without being asked"; exit 1; }
