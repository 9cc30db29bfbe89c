#!/bin/bash
# Says what is there and what is not, and fails only where programs cannot be compiled.
set -eu
"$KERNPROF" doctor > all
grep -qE '^ok +kernprof cc +/.*, LLVM [0-9]+, /.*kernprof-plugin\.so$' all
grep -qE '^ok +plugin, LLVM 19 ' all
grep -qE '^(ok|refused) +perf events ' all
grep -qE '^ok +CPU timers ' all
if [ -s "$KP_BUILD/web/page.html" ]; then grep -qE '^ok +page ' all; else grep -qE '^missing +page .*nodejs' all; fi
grep -qE '^(ok|missing) +graph layout +graph' all
mkdir empty
status=0
PATH=$PWD/empty "$KERNPROF" doctor > none 2> message || status=$?
[ $status = 125 ]
grep -qE '^missing +kernprof cc ' none
grep -qE '^missing +gnuplot ' none
grep -q 'cannot be compiled' message
