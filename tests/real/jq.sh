#!/usr/bin/env bash
# jq.sh LEVEL: hits of every line of jq, running its own tests.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
folder=$(fetch jq)
cp "$folder"/src/*.[ch] .
rm -f inject_errors.c
# Every process draws a seed for its hash tables, on which the length of their chains depends. Here it is always the same.
grep -q 'seed = arc4random();' jv.c
sed -i 's/seed = arc4random();/seed = 20221;/' jv.c
mkdir -p src
sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$/\\n"/' "$folder"/src/builtin.jq > src/builtin.inc
printf '#define JQ_VERSION "1.6"\n' > src/version.h
cp src/version.h .
cp -r "$folder"/tests .
# The whole of libm is there.
flags=$(sed -n 's/^#ifdef \(HAVE_[A-Z0-9_]*\)$/-D\1/p' libm.h | sort -u)
# A few tests fail without Oniguruma; all builds must fail the same ones.
workload() {
  local status=0
  "$@" -L tests/modules --run-tests tests/jq.test > messages 2>&1 || status=$?
  grep 'tests passed' messages && [ $status -le 1 ]
}
compare "$1" "$(echo $flags) -DHAVE_ARC4RANDOM -D_GNU_SOURCE -DIEEE_8087 -DHAVE_MEMMEM -DHAVE_ISATTY -DHAVE_MKTIME -DHAVE_GMTIME_R -DHAVE_STRPTIME -DHAVE_STRFTIME -DHAVE_TIMEGM -DHAVE_TM_TM_GMT_OFF -DHAVE_SETLOCALE -I." ./*.c -lpthread
