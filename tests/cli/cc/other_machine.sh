#!/bin/bash
# --target: objects are instrumented for the machine, and its runtime is linked, or asked for.
set -eu
. "$(dirname "$0")/common.sh"

echo 'int twice(int n) { return n + n; }' >twice.c
for target in --target=aarch64-linux-gnu "-target arm64-linux-gnu"; do
    cc $target -O2 -fkernprof-all -c twice.c
    readelf -h twice.o | grep -q 'Machine:.*AArch64' || fail "$target: $(readelf -h twice.o)"
    readelf -SW twice.o | grep -q ' kp_map ' || fail "$target: no map"
done
prefix=${KERNPROF%/bin/kernprof}
for target in --target=s390x-linux-gnu "-target s390x-linux-gnu"; do
    ! cc $target -O2 -o twice twice.c 2>message || fail "$target: linked"
    grep -q "^kernprof.*$prefix/lib/kernprof/s390x/libkernprof.a: cannot be read; build kernprof with -DKERNPROF_TARGETS=TRIPLE" message ||
        fail "$target: $(cat message)"
done
cc "--target=$(uname -m)-linux-gnu" -c twice.c
expect_runtime "--target=$(uname -m)-linux-gnu" twice.o
