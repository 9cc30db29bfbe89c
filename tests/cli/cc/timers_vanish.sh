#!/bin/bash
# With -DKP_NO_TIMERS, a source with timers gives, byte for byte, the object file of the source without them. (Where a call
# was, an empty statement is left, which gcc's debug information knows of.)
set -eu

include=$(cd "$(dirname "$0")/../../../include" && pwd)

mkdir -p timed plain
cat >timed/unit.c <<'END'
#include <kernprof.h>
int work(int);
KP_TIMED("function")
int sum(const int *a, int n)
{
    int i, s = 0;
    kp_region_begin("sum");
    KP_REGION("loop")
    {
        for (i = 0; i < n; i++) {
            KP_REGION("work")
            {
                s += work(a[i]);
                if (s < 0)
                    return s;
            }
        }
    }
    kp_region_end("sum");
    kp_summary(stdout);
    kp_reset_timers();
    return s;
}
END
sed -e 's/^ *KP_[A-Z]*(.*)$//' -e 's/^\( *\)kp_.*;$/\1;/' timed/unit.c >plain/unit.c
cp timed/unit.c timed/unit.cpp
cp plain/unit.c plain/unit.cpp
# An object needs the optimiser to vanish.
(cat timed/unit.c; echo 'int scoped(int n) {'; echo 'kp::region r("scoped");'; echo 'return work(n); }') >timed/object.cpp
(cat plain/unit.c; echo 'int scoped(int n) {'; echo ';'; echo 'return work(n); }') >plain/object.cpp
if grep -q 'KP_\|kp_' plain/*; then echo "the plain source still has timers"; exit 1; fi

tried=0
compare() { # COMPILER STANDARD UNIT FLAG...
    local compiler=$1 standard=$2 unit=$3
    shift 3
    echo 'int x;' >"probe.${unit##*.}"
    "$compiler" "-std=$standard" -c -o probe.o "probe.${unit##*.}" 2>/dev/null || return 0
    for folder in timed plain; do
        (
            cd "$folder"
            "$compiler" "-std=$standard" -DKP_NO_TIMERS -I "$include" "$@" "-fdebug-prefix-map=$PWD=." -c -o unit.o "$unit"
        )
    done
    if ! cmp -s timed/unit.o plain/unit.o; then
        echo "$compiler -std=$standard $* $unit: the object files differ"
        exit 1
    fi
    tried=$((tried + 1))
}

for flags in -O0 -O2 "-O2 -g -gdwarf-4"; do
    for standard in c89 c99 gnu11 c2x; do
        for compiler in clang-19 gcc; do
            compare $compiler $standard unit.c $flags
        done
    done
    for standard in c++98 gnu++17 c++23; do
        for compiler in clang++-19 g++; do
            compare $compiler $standard unit.cpp $flags
        done
    done
done
for compiler in clang++-19 g++; do
    compare $compiler c++98 object.cpp -O1
    compare $compiler c++20 object.cpp -O2
done
if [ "$tried" = 0 ]; then echo "no compiler to test with"; exit 77; fi

# The wrapper's own clang, with the plugin: nothing of the timers is left to be linked.
"$KERNPROF" cc -DKP_NO_TIMERS -c -o unit.o timed/unit.c
if nm unit.o | grep -q kp_region; then echo "kernprof cc -DKP_NO_TIMERS leaves calls"; exit 1; fi
