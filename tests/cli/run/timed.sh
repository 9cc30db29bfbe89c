#!/bin/bash
# KP_TIMED: every kind of function, left in every way, profiled or not, run under kernprof or not.
set -eu
cat > t.cpp <<'C'
#include <kernprof.h>
#include <stdexcept>
KP_TIMED("static") static int plain(int n)
{
    if (n < 0)
        return 1;
    return n;
}
KP_TIMED("throws") KP_PROFILE void throws(int n);
void throws(int n)
{
    if (n)
        throw std::runtime_error("out");
}
KP_TIMED("thrown through") static void through() { throws(1); }
KP_TIMED("catches") static void catches() try { through(); } catch (const std::exception &) {}
struct Mesh {
    KP_TIMED("constructor") Mesh();
    KP_TIMED("destructor") virtual ~Mesh();
    KP_TIMED("method") int refine(int k) const { return k + size; }
    int size;
};
Mesh::Mesh() try : size(2) {} catch (...) { throw; }
Mesh::~Mesh() {}
struct Fine : Mesh {};
template <class T> KP_TIMED("a template, \"quoted\" \xc3\xbc") T twice(T x) { return 2 * x; }
KP_TIMED("recursive") KP_PROFILE int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
int late(int x);
int first_use(int x) { return late(x); }
KP_TIMED("behind its first use") int late(int x) { return x + 1; }
__attribute__((kernprof_timed)) int its_own_name(int x) { return x; }
int main()
{
    int s = 0;
    for (int i = -1; i < 4; i++)
        s += plain(i);
    for (int i = 0; i < 3; i++) {
        try {
            throws(i & 1);
        } catch (const std::exception &) {
        }
        catches();
    }
    {
        Fine a;
        s += a.refine(1) + a.refine(2);
    }
    s += twice(1) + (int)twice(2.0) + fib(10) + first_use(1) + its_own_name(1);
    kp_summary(stdout);
    return s == 0;
}
C
cat > expected <<'T'
a template, "quoted" ü,2
behind its first use,1
catches,3
constructor,1
destructor,1
its_own_name,1
method,2
recursive,1
static,5
thrown through,3
throws,6
T
cat > t.c <<'C'
#include <kernprof.h>
KP_TIMED("sum") static int sum(int n)
{
    int s = 0;
    while (n)
        if ((s += n--) > 100)
            return s;
    return s;
}
int main(void)
{
    int s = sum(10) + sum(20);
    kp_summary(stdout);
    return s == 0;
}
C
echo sum,2 > c.expected
check() {
  sed -n '2,$s/^ *\([^|]*[^ |]\) *| *\([0-9]*\) .*/\1,\2/p' "$1" > own
  diff own "$2" || { echo "$what"; exit 1; }
}
for version in 14 19; do
  command -v clang-$version > /dev/null || continue
  export KERNPROF_CC=clang-$version KERNPROF_CXX=clang++-$version
  for flags in -O0 -O2 "-O2 -g"; do
    what="clang-$version $flags"
    "$KERNPROF" c++ $flags t.cpp -o t
    ./t > output
    check output expected
    for timing in off exact; do
      "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t > output
      check output expected
      [ "$("$KERNPROF" export --format csv t.lprof | awk -F, '$2 == 13 { print $4 }')" = 4 ] || { echo "$what: hits"; exit 1; }
    done
    "$KERNPROF" cc $flags t.c -o t
    ./t > output
    check output c.expected
  done
done
if "$KERNPROF" c++ -fsyntax-only -x c++ - 2> messages <<< '__attribute__((kernprof_timed(1))) void f();'; then
  echo "a timer's name may be a number"
  exit 1
fi
# Anywhere else it is nothing.
g++ -w -O2 -I "$KP_TESTS/../include" t.cpp -c -o t.o
if nm t.o | grep -q kp_region; then echo "g++ times"; exit 1; fi
