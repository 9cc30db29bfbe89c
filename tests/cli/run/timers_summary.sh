#!/bin/bash
# KERNPROF_PRINT_SUMMARY=1 prints the table at exit, behind everything else, to standard error.
set -eu
root=$(cd "$KP_TESTS/.." && pwd)
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
static void last(void)
{
    KP_REGION("at exit") {}
}
int main(int argc, char **argv)
{
    (void)argv;
    atexit(last);
    if (argc > 1)
        KP_REGION("main") { exit(5); }
    puts("output");
    return 0;
}
C
gcc -I "$root/include" t.c -o t "$KP_BUILD/lib/libkernprof.a"
KERNPROF_PRINT_SUMMARY=1 ./t > output 2> table
[ "$(cat output)" = output ] || { echo "standard output: "; cat output; exit 1; }
sed 's/[0-9.e-]* | *[0-9.e-]* | *[0-9.]*$/T | T | T/; s/  */ /g' table > shape
cat > expected <<'T'
**** kernprof timings summary ****
 Timer | Calls | Total time | Average time | Percent
at exit | 1 | T | T | T
T
diff shape expected
# A region that exit leaves open is counted until there.
status=0
KERNPROF_PRINT_SUMMARY=1 ./t x 2> table || status=$?
[ $status = 5 ] && grep -q '^ *main | *1 |' table || { echo "exit status $status"; cat table; exit 1; }
for value in 0 ''; do
  [ -z "$(KERNPROF_PRINT_SUMMARY=$value ./t 2>&1 > /dev/null)" ] || { echo "printed for '$value'"; exit 1; }
done
