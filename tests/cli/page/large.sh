#!/bin/bash
# Sources of 100,000 lines, each with code: the page's size is bounded by theirs and the data's, and the browser makes
# rows only of what is on the screen.
set -eu
. "$KP_TESTS/cli/page/common.sh"
check() { # LINES of a function, LINES of a file
  rm -rf big && mkdir big
  "$KP_TESTS/../bench/views" --make big 100000 "$1" "$2"
  "$KERNPROF" view --html big/big.html big/big.lprof
  size=$(stat -c %s big/big.html)
  source=$(cat big/*.c | wc -c)
  data=$("$KERNPROF" export --format csv big/big.lprof | wc -c)
  [ $((2 * size)) -le $((3 * (source + data) + 1000000)) ] || { echo "the page has $size bytes, of source $source and data $data"; exit 1; }
  node "$KP_TESTS/page/large.mjs" big/big.html "$2"
}
check 100000 100000
check 50 2000
