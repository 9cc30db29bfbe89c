#!/bin/bash
# The page shows in a browser what the CSV has, can be sorted, searched, followed and printed.
set -eu
. "$KP_TESTS/cli/page/common.sh"
cp "$KP_TESTS/../examples/jacobi/jacobi.c" .
"$KERNPROF" cc -O1 -o jacobi jacobi.c -lm
"$KERNPROF" -l -q -o j.lprof ./jacobi 10 > /dev/null
"$KERNPROF" view --html page.html j.lprof
"$KERNPROF" export --format csv j.lprof > lines.csv
node "$KP_TESTS/page/read.mjs" page.html lines.csv
node "$KP_TESTS/page/access.mjs" page.html
