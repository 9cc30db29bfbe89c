#!/bin/bash
# -fuse-ld=lld takes the ld.lld of the clang's own version; --ld-path of the user's stays.
set -eu
. "$(dirname "$0")/common.sh"

echo 'int main(void) { return 0; }' >main.c
clang=$(commands -c main.c | head -1 | cut -d'"' -f2)
version=$("$clang" -dumpversion)
lld=$(command -v "ld.lld-${version%%.*}") || { echo "no ld.lld of clang's version"; exit 77; }

commands -flto -fuse-ld=lld main.c | tail -1 | grep -q -F "\"$lld\"" || fail "another ld.lld is used"
cc -flto -fuse-ld=lld main.c -o lto 2>messages || fail "$(cat messages)"
./lto
commands -fuse-ld=lld --ld-path=/bin/ld.mine main.c 2>&1 | grep -q "$lld" && fail "--ld-path is overridden"
exit 0
