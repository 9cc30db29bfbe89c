#!/bin/bash
# The runtime is added exactly when the command links.
set -eu
. "$(dirname "$0")/common.sh"

echo 'int main(void) { return 0; }' >main.c
cc -c main.c
echo 'int f(void);' >some.h
echo '-c' >compile_only

expect_runtime main.c
expect_runtime main.o
expect_runtime -shared -fPIC main.c
expect_runtime -static main.c
expect_runtime -o -c main.c
expect_runtime -I -c main.c
expect_runtime -Xlinker -E main.c
expect_runtime -x c main.c
expect_runtime -- main.c
expect_runtime -x c -- main.c
expect_no_runtime -c main.c
expect_no_runtime -S main.c
expect_no_runtime -E main.c
expect_no_runtime -M main.c
expect_no_runtime -fsyntax-only main.c
expect_no_runtime -r main.o
expect_no_runtime -Wl,-O1,-r main.o
expect_no_runtime @compile_only main.c
expect_no_runtime some.h
expect_no_runtime -x c-header main.c
expect_no_runtime -v
expect_no_runtime

# After all that may need it.
commands main.c -lm | tail -1 | grep -q '"-lm".*libkernprof\.a"' || fail "the runtime is not last"
