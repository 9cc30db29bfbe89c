#!/bin/bash
# A chosen function is counted also where the optimiser makes it part of library code that gets it as a pointer from a
# function that is not chosen.
set -eu
. "$(dirname "$0")/common.sh"

cat >sort.cpp <<'CPP'
#include <algorithm>
#include <kernprof.h>
#include <vector>
KP_PROFILE static bool less(int a, int b) { return a < b; }
int main()
{
    std::vector<int> numbers;
    for (int i = 0; i < 1000; i++)
        numbers.push_back(i * 7919 % 1009);
    std::sort(numbers.begin(), numbers.end(), less);
    return numbers[0];
}
CPP
for level in O0 O1 O2 O3; do
    "$KERNPROF" c++ "-$level" -o sort sort.cpp
    "$KERNPROF" -l -q --timing=off -o sort.lprof ./sort
    hits=$("$KERNPROF" export --format csv sort.lprof | awk -F, '$3 == "less" { print $4 }')
    [ "${expected:=$hits}" = "$hits" ] || fail "-$level: $hits hits, at -O0 $expected"
done
[ "$expected" -gt 1000 ] || fail "$expected hits"
