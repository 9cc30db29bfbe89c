#!/usr/bin/env bash
# csmith.sh LEVEL: random programs (csmith) do the same with and without us, and have the oracles' hits.
# KP_CSMITH says how many (6), KP_CSMITH_FROM the first seed (1).
set -euo pipefail
source "$KP_TESTS/real/compare.sh"
export KP_LISTED=executed
level=$1
[ -e /usr/include/csmith/csmith.h ] && command -v csmith > /dev/null || { echo "no csmith"; exit 77; }
workload() { timeout 60 "$@" > output; }
compared=0 failed=()
# A program that differs is shown, and the others are compared all the same.
hold() {
  compare "$level" "-I/usr/include/csmith" random.c
  cmp output expected
  $KERNPROF -l -q --timing=exact -o exact.lprof ./prog_c > output
  cmp output expected
}
for ((seed = ${KP_CSMITH_FROM:-1}; compared < ${KP_CSMITH:-6}; seed++)); do
  mkdir "seed$seed"
  cd "seed$seed"
  csmith --seed "$seed" --no-packed-struct > random.c
  # Some never end, which optimisers may take to be impossible, and some are too large for their own good.
  clang-19 -O0 -w -I/usr/include/csmith -o plain random.c
  if timeout 2 ./plain > expected 2> /dev/null; then
    set +e # a list with || would have `hold` go on after an error
    (set -e; hold) > compared 2>&1
    [ $? = 0 ] || { failed+=("$seed"); echo "seed $seed:"; cat compared; }
    set -e
    compared=$((compared + 1))
  fi
  cd ..
  rm -rf "seed$seed"
done
[ ${#failed[@]} = 0 ] || { echo "${#failed[@]} of $compared programs: seeds ${failed[*]}"; exit 1; }
echo "$compared programs hold"
