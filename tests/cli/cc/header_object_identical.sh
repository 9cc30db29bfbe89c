#!/bin/bash
# Without the plugin, a source with the macros gives, byte for byte, the object file of the source without them:
# every compiler here, every language level, with and without optimisation and debug information.
set -eu

include=$(cd "$(dirname "$0")/../../../include" && pwd)

mkdir -p marked plain
cat >marked/unit.c <<'END'
#include <kernprof.h>
KP_PROFILE
static int twice(int x)
{
    return 2 * x;
}
KP_LINEPROF
extern int sum(const int *a, int n);
KP_LINEPROF
int sum(const int *a, int n)
{
    int i, s = 0;
    for (i = 0; i < n; i++)
        s += twice(a[i]);
    return s;
}
KP_MEMPROF
int first(const int *a)
{
    return twice(a[0]);
}
END
cp marked/unit.c marked/unit.cpp
cat >>marked/unit.cpp <<'END'
struct Mesh {
    KP_PROFILE
    Mesh();
    KP_PROFILE
    ~Mesh();
    KP_MEMPROF
    virtual int refine() { return size; }
    int size;
};
KP_PROFILE
Mesh::Mesh() : size(1) {}
KP_PROFILE
Mesh::~Mesh() {}
template <class T>
KP_PROFILE
T norm(const T *x, int n) { return x[n - 1]; }
double use(const double *x) { return norm(x, 3); }
END
for unit in unit.c unit.cpp; do
    sed 's/^ *KP_[A-Z]*$//' "marked/$unit" >"plain/$unit"
    if grep -q KP_ "plain/$unit"; then echo "the plain source still has macros"; exit 1; fi
done

tried=0
compare() { # COMPILER STANDARD UNIT FLAG...
    local compiler=$1 standard=$2 unit=$3
    shift 3
    echo 'int x;' >"probe.${unit##*.}"
    "$compiler" "-std=$standard" -c -o probe.o "probe.${unit##*.}" 2>/dev/null || return 0
    for folder in marked plain; do
        (
            cd "$folder"
            "$compiler" "-std=$standard" -I "$include" "$@" "-fdebug-prefix-map=$PWD=." -c -o unit.o "$unit"
        )
    done
    if ! cmp -s marked/unit.o plain/unit.o; then
        echo "$compiler -std=$standard $* $unit: the object files differ"
        exit 1
    fi
    tried=$((tried + 1))
}

# DWARF 4: from version 5 on, clang records a checksum of the source itself.
for flags in -O0 -O2 "-O2 -g -gdwarf-4"; do
    for standard in c89 gnu89 c99 gnu99 c11 gnu11 c17 gnu17 c2x gnu2x c23 gnu23; do
        for compiler in clang-19 gcc; do
            compare "$compiler" "$standard" unit.c $flags
        done
    done
    for standard in c++98 gnu++98 c++11 c++14 c++17 gnu++17 c++20 c++23 gnu++23; do
        for compiler in clang++-19 g++; do
            compare "$compiler" "$standard" unit.cpp $flags
        done
    done
done
if [ "$tried" = 0 ]; then echo "no compiler to test with"; exit 77; fi
