#!/usr/bin/env bash
# Functions with KP_PROFILE are in the profile by function, with their calls and callers, whatever the optimiser makes of them
# in the program: inlined into others of their file, into functions that are inlined themselves, or called through a pointer. And
# functions without it that those call (plain), which may call some in turn (via).
set -euo pipefail
. "$KP_TESTS/counts.sh"
cat > p.c <<'C'
#include <kernprof.h>
#include <stdio.h>
static volatile long sink;
KP_PROFILE static inline long small(long x) { return x * 3 + 1; }
static long between(long x) { return small(x) + small(x + 1); }
__attribute__((noinline)) static long plain(long x) { return x + sink; }
__attribute__((noinline)) static long via(long x) { return plain(x) + small(sink); }
KP_PROFILE static long work(long n)
{
    long s = plain(n) + via(n);
    for (long i = 0; i < n; i++)
        s += between(i) ^ small(i);
    return s;
}
KP_PROFILE static long fact(long n) { return n < 2 ? 1 : n * fact(n - 1); }
long other(long n) { return work(n) + fact(5); }
int main(int argc, char **argv)
{
    (void)argv;
    long (*called)(long) = argc > 0 ? other : work;
    long s = 0;
    for (int i = 0; i < 10; i++)
        s += work(100) + called(2);
    printf("%ld\n", s + between(1));
    return 0;
}
C
sed 's/.*include <stdio.h>/&\n#include <stdexcept>/; s/return x \* 3 + 1/if (x < 0) throw std::runtime_error("x"); &/' p.c > p.cpp
same() { [ "$2" = "$3" ] || { printf '%s:\n  %s\n  %s\n' "$1" "$2" "$3"; exit 1; }; }
check() { # COMPILER LEVEL FILE
  local what="$1 -$2 $3"
  case $3 in *.c) KERNPROF_CC=$1 "$KERNPROF" cc "-$2" "$3" -o p ;; *) KERNPROF_CXX=$1 "$KERNPROF" c++ "-$2" "$3" -o p ;; esac
  ./p > asleep
  "$KERNPROF" -q -o p.prof ./p > awake
  cmp asleep awake
  # small: 1020 loops call it thrice, main twice, via 20 times; between: inlined or not
  same "$what" 'fact|50 plain|40 small|3082 via|20 work|20' "$(sqlite3 p.prof "
    SELECT substr(function, 1, instr(function || '(', '(') - 1), calls FROM functions WHERE function NOT LIKE 'main%' AND
    function NOT LIKE 'other%' AND function NOT LIKE 'between%' ORDER BY 1" | xargs)"
  same "$what: callers" 'fact|40 main|10 other|10' "$(sqlite3 p.prof "
    SELECT substr(caller, 1, instr(caller || '(', '(') - 1) AS name, SUM(calls) FROM calls
    WHERE callee LIKE 'work%' OR callee LIKE 'fact%' AND caller LIKE 'fact%' GROUP BY name ORDER BY 1" | xargs)"
}
versions=$(llvm_versions)
[ -n "$versions" ] || fail "no plugin was built"
for clang in $versions; do
  for level in O0 O2; do
    check clang-$clang $level p.c
    check clang++-$clang $level p.cpp
  done
done
