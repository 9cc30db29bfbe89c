#!/bin/bash
# `kernprof diff --html`: lines that moved, were edited, came or went, side by side in a browser.
. "$KP_TESTS/cli/page/common.sh"
. "$KP_TESTS/cli/diff/common.sh"
make old
make new
"$KERNPROF" diff --html page.html old.lprof new.lprof
"$KERNPROF" diff --format json -o diff.json old.lprof new.lprof
node "$KP_TESTS/page/compare.mjs" page.html diff.json
node "$KP_TESTS/page/access.mjs" page.html
[ "$(status --html gate.html --fail-above 5 old.lprof new.lprof)" = 1 ] && [ -s gate.html ]
[ "$(status --html absent.html old.lprof none.lprof)" = 125 ] && [ ! -e absent.html ]
