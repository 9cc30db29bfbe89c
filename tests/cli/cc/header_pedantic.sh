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
KP_TIMED("timed") int timed(int n, const char *name);
int timed(int n, const char *name)
{
    int i;
    double seconds = 0;
    kp_region_begin(name);
    KP_REGION("outer") KP_REGION("inner") n++;
    for (i = 0; i < n; i++) {
        if (i > 1)
            KP_REGION("in a branch") { KP_REGION(name) { if (i == 3) break; } }
        else
            KP_REGION("other") { n--; continue; }
        KP_REGION("one line") { n--; } KP_REGION("the same line") { n++; }
    }
    kp_region_end(name);
    seconds += kp_timing(name, KP_TOTAL) + kp_timing("inner", KP_AVERAGE);
    kp_summary(stdout);
    kp_reset_timers();
    return seconds > 0;
}
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
inline int scoped(const char *name) { kp::region r("scoped"), s(name); KP_REGION("in inline") { return 1; } return 0; }
template <class T> KP_TIMED("template") T in_template(T x) { KP_REGION("in template") { return x; } return x; }
struct Timed { KP_TIMED("constructor") Timed() { kp::region r("member"); } };
double use(const double *x);
double use(const double *x) { Mesh m; Timed t; (void)t; return norm(x, 3) + m.refine() + scoped("a") + in_template(2); }
END

strict="-Wall -Wextra -Wpedantic -Werror"
check() { # UNIT STANDARD COMPILER...
    local unit=$1 standard=$2
    shift 2
    echo 'int x;' >"probe.${unit##*.}"
    "$1" ${2:+$2} "-std=$standard" -c -o probe.o "probe.${unit##*.}" 2>/dev/null || return 0
    for flags in -O0 "-O2 -Wshadow" -DKP_NO_TIMERS "-DKP_NO_TIMERS -O2"; do
        if ! "$@" "-std=$standard" $flags $strict -c -o unit.o "$unit" 2>messages; then
            echo "$* -std=$standard $flags $unit:"
            cat messages
            exit 1
        fi
    done
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
