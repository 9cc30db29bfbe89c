#!/usr/bin/env bash
# The summary by function: columns of cProfile on standard error where no -o is given, from view, sorted, callers, callees.
set -euo pipefail
cat > p.c <<'C'
#include <stdio.h>
__attribute__((noinline)) int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
__attribute__((noinline)) int twice(int n) { return fib(n) + fib(n - 1); }
int main(void)
{
    printf("%d\n", twice(10));
    return 0;
}
C
"$KERNPROF" cc -O1 -fkernprof-all p.c -o p
same() { diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") || { echo "not as expected: $1"; exit 1; }; }
calls() { sed -E 's/ +[0-9]+\.[0-9]+//g; s/^ +//' | sed '/^$/d'; }
"$KERNPROF" ./p > output 2> said
same "standard output" 89 "$(cat output)"
same summary "288 function calls (4 primitive calls) in seconds
Ordered by: cumulative time
ncalls  tottime  percall  cumtime  percall filename:lineno(function)" "$(calls < said | head -3)"
same rows "1 p.c:3(twice)
1 p.c:4(main)
286/2 p.c:2(fib)" "$(calls < said | tail -n +4 | sort)"
same "-s name" "286/2 p.c:2(fib) 1 p.c:4(main) 1 p.c:3(twice)" "$("$KERNPROF" view -s name p.prof | calls | tail -3 | xargs)"
same "-s calls --limit" "286/2 p.c:2(fib)" "$("$KERNPROF" view -s calls --limit 1 p.prof | calls | tail -1)"
"$KERNPROF" view -s calls --limit 1 p.prof | grep -q 'List reduced from 3 to 1 due to restriction <1>'
same callers "p.c:2(fib) <- 284/0 p.c:2(fib) 2 p.c:3(twice)" "$("$KERNPROF" view --callers -s stdname --limit 1 p.prof | calls | tail -2 | sed 's/<-/<- /' | xargs)"
same callees "p.c:4(main) -> 1 p.c:3(twice)" "$("$KERNPROF" view --callees -s line p.prof | calls | tail -1 | sed 's/->/-> /; s/  */ /g')"
"$KERNPROF" -q ./p 2> said > /dev/null
[ ! -s said ] || { echo "-q said something"; exit 1; }
"$KERNPROF" -o other.prof ./p 2> said > /dev/null
[ ! -s said ] || { echo "-o said something"; exit 1; }
! "$KERNPROF" view -s nothing p.prof 2> said
grep -q "is no key" said
"$KERNPROF" info p.prof | grep -q 'profile by function of 3 functions'
