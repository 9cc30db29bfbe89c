#!/usr/bin/env bash
# Names of functions in the graph: long ones broken by --wrap, those of C++ cut by --strip. Of a .lprof: the profiled functions.
set -euo pipefail
cat > p.c <<'C'
#include <kernprof.h>
KP_PROFILE static int leaf(int n) { return n + 1; }
static int between(int n) { return leaf(n); }
KP_PROFILE static int root(int n)
{
    for (int i = 0; i < 5; i++)
        n = leaf(n);
    return between(n);
}
int main(void) { return root(1) == 0; }
C
"$KERNPROF" cc -O1 -fno-inline p.c -o p
"$KERNPROF" -l -q --timing=off -o p.lprof ./p
same() { [ "$2" = "$3" ] || { printf '%s:\n  %s\n  %s\n' "$1" "$2" "$3"; exit 1; }; }
labels() { "$KERNPROF" graph "$@" p.lprof | sed -n 's/.*label="\([^"]*\)".*/\1/p'; }
# Without times: calls alone. What a function that is not profiled calls has no arrow.
same "lines" 'leaf\n6×
root\n1×
 5× ' "$(labels)"
name() { # NAME OPTION ...: its label
  sqlite3 p.lprof "UPDATE function SET name = '$1' WHERE line = 2"
  shift
  labels "$@" --root '*' --depth 0 -n 0 | sed -n 's/\\n6×$//p'
}
strips() { same "--strip $1" "$2" "$(name "$1" --strip)"; }
wraps() { same "--wrap $1" "$2" "$(name "$1" --wrap)"; }
strips 'plain' 'plain'
strips 'a::b<std::vector<int> >::f(int, char const*) const' 'a::b::f'
strips 'a::(anonymous namespace)::f(int)' 'a::(anonymous namespace)::f'
strips 'a::operator()(int) const' 'a::operator()'
strips 'a<int>::operator<<(int)' 'a::operator<<'
strips 'operator new(unsigned long)' 'operator new'
strips 'cooperator<int>(int)' 'cooperator'
strips 'operators<int>(int)' 'operators'
wraps 'short::name(int)' 'short::name(int)'
wraps 'exactly_twenty_four_here' 'exactly_twenty_four_here'
wraps 'first_namespace::second_namespace::function(int, double)' \
  'first_namespace::second_\nnamespace::function(int, \ndouble)'
wraps 'withoutanyplaceatallwhereonecouldbreakit' 'withoutanyplaceatallwhereonecouldbreakit'
same both 'a_rather_long_namespace::\nsome_function' "$(name 'a_rather_long_namespace::some_function<int>(int)' --wrap --strip)"
