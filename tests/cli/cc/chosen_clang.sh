#!/bin/bash
# The clang is that of KERNPROF_CC and KERNPROF_CXX; what cannot serve is refused with a reason.
set -eu
unset KERNPROF_CC KERNPROF_CXX
. "$(dirname "$0")/common.sh"

echo 'int main(void) { return 0; }' >main.c
clang=$(commands -c main.c | head -1 | cut -d'"' -f2)

refused() { # VALUE TEXT
    local status=0
    KERNPROF_CC=$1 cc -c main.c 2>messages || status=$?
    [ "$status" = 125 ] || fail "KERNPROF_CC=$1: status $status, not 125"
    grep -q "KERNPROF_CC=.*$2" messages || fail "KERNPROF_CC=$1: $(cat messages)"
}

refused /no/such/clang 'no such program'
refused /bin/true 'not a clang'
refused "$KERNPROF" 'kernprof itself'
if command -v gcc >/dev/null; then refused gcc 'not a clang'; fi
KERNPROF_CC="$clang -DWORDS" commands -c main.c | grep -q '"WORDS"' || fail "arguments in KERNPROF_CC are lost"
echo 'int f() { return 0; } struct S { S(); };' >unit.c
KERNPROF_CC=$clang "$KERNPROF" c++ '-###' unit.c 2>&1 | grep -q '"-lstdc++"' || fail "c++ with KERNPROF_CC links no C++"

mkdir empty
status=0
PATH=$PWD/empty "$KERNPROF" cc -c main.c 2>messages || status=$?
[ "$status" = 125 ] || fail "no clang in PATH: status $status, not 125"
grep -q 'no clang.*install clang-' messages || fail "no clang in PATH: $(cat messages)"
