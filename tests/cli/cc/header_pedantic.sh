#!/bin/bash
# kernprof.h gives no warning at any language level: with any compiler, and with the macros in force under the wrapper.
set -eu

include=$(cd "$(dirname "$0")/../../../include" && pwd)

cat >unit.c <<'END'
#include <kernprof.h>
#include <kernprof.h>
KP_PROFILE static int twice(int x) { return 2 * x; }
KP_PROFILE int a(int x);
KP_LINEPROF int a(int x) { return twice(x); }
KP_MEMPROF int b(int x);
int b(int x) { return twice(x); }
END
cp unit.c unit.cpp
cat >>unit.cpp <<'END'
struct Mesh {
    KP_PROFILE Mesh() : size(0) {}
    KP_PROFILE ~Mesh() {}
    KP_LINEPROF int refine() const { return size; }
    int size;
};
template <class T> KP_PROFILE T norm(const T *x, int n) { return x[n - 1]; }
double use(const double *x);
double use(const double *x) { Mesh m; return norm(x, 3) + m.refine(); }
END

strict="-Wall -Wextra -Wpedantic -Werror"
check() { # UNIT STANDARD COMPILER...
    local unit=$1 standard=$2
    shift 2
    echo 'int x;' >"probe.${unit##*.}"
    "$1" ${2:+$2} "-std=$standard" -c -o probe.o "probe.${unit##*.}" 2>/dev/null || return 0
    if ! "$@" "-std=$standard" $strict -c -o unit.o "$unit" 2>messages; then
        echo "$* -std=$standard $unit:"
        cat messages
        exit 1
    fi
}

for standard in c89 gnu89 c99 c11 gnu11 c17 c2x c23 gnu23; do
    for compiler in clang-19 gcc; do
        if command -v $compiler >/dev/null; then check unit.c $standard $compiler "-I$include"; fi
    done
    check unit.c $standard "$KERNPROF" cc
done
for standard in c++98 gnu++98 c++11 c++14 c++17 c++20 c++23 gnu++23; do
    for compiler in clang++-19 g++; do
        if command -v $compiler >/dev/null; then check unit.cpp $standard $compiler "-I$include"; fi
    done
    check unit.cpp $standard "$KERNPROF" c++
done
