#!/usr/bin/env bash
# Lua with every function instrumented, not under kernprof: at most 1 % more instructions than the same source built by clang
# without us. callgrind counts them, so the machine's load does not matter.
set -euo pipefail
command -v valgrind > /dev/null || { echo "no valgrind"; exit 77; }
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/pinned_lua.sh"
flags="-O2 -g -w ${options[*]}"
clang-19 $flags -o prog_a ./*.c -lm
KERNPROF_CC=clang-19 "$KERNPROF" cc $flags -fkernprof-all -o prog_b ./*.c -lm
instructions() { # PROGRAM
  strip -g "$1" # valgrind does not read every kind of debug information
  setarch -R valgrind --tool=callgrind --callgrind-out-file=/dev/null "./$1" workload.lua 2> messages > "out.$1" ||
    { cat messages; exit 1; }
  awk '/Collected/ { print $4 }' messages
}
plain=$(instructions prog_a) ours=$(instructions prog_b)
cmp out.prog_a out.prog_b
[ -z "$(ls -- *.kpc *.lprof 2> /dev/null)" ] || { echo "files were written"; ls; exit 1; }
[ "$plain" -gt 10000000 ] || { echo "only $plain instructions"; exit 1; }
awk -v a="$plain" -v b="$ours" 'BEGIN { printf "%d instructions plain, %d instrumented: %.4f times\n", a, b, b / a; exit !(b <= 1.01 * a) }'
