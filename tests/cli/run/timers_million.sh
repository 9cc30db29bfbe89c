#!/bin/bash
# A million names are a million timers in the profile, and take memory in proportion.
set -eu
root=$(cd "$KP_TESTS/.." && pwd)
cat > t.c <<'C'
#include <kernprof.h>
#include <sys/resource.h>
int main(void)
{
    char name[32];
    struct rusage usage;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000000; i++) {
            sprintf(name, "timer number %d", i);
            kp_region_begin(name);
            kp_region_end(name);
        }
    getrusage(RUSAGE_SELF, &usage);
    printf("%ld\n", usage.ru_maxrss);
    return 0;
}
C
gcc -O2 -I "$root/include" t.c -o t "$KP_BUILD/lib/libkernprof.a"
"$KERNPROF" -q -o t.prof ./t > size
got=$(sqlite3 t.prof "SELECT COUNT(*), SUM(calls), MIN(calls), MAX(threads) FROM timers")
[ "$got" = '1000000|2000000|2|1' ] || { echo "names, calls, least calls, threads: $got"; exit 1; }
[ "$(cat size)" -lt 400000 ] || { echo "it took $(cat size) KiB"; exit 1; }
