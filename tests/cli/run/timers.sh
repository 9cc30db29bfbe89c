#!/bin/bash
# Regions in C and C++, by every compiler and the wrapper, with the static and the shared library: left in every way they
# are closed, the program's own table and the profile have the same calls.
set -eu
root=$(cd "$KP_TESTS/.." && pwd)
lib=$KP_BUILD/lib

cat > t.c <<'C'
#include <kernprof.h>
static void found(void) {}
static int leave(int how)
{
    int i;
    for (i = 0; i < 2; i++) {
        KP_REGION("outer")
        {
            KP_REGION("left")
            {
                if (how == 0)
                    break;
                if (how == 1)
                    continue;
#ifndef ENDS_ONLY
                if (how == 2)
                    return 1;
                if (how == 3)
                    goto out;
#endif
                found();
            }
            KP_REGION("one") found(); KP_REGION("line") { found(); }
        }
    }
    goto out;
out:
    return 0;
}
static void recurse(int n)
{
    KP_REGION("recursive") {
        if (n)
            recurse(n - 1);
    }
}
int main(void)
{
    int how;
    char name[16];
    for (how = 0; how < 5; how++) {
        leave(how);
        sprintf(name, "made %d", how & 1);
        kp_region_begin(name);
        recurse(3);
        kp_region_end(name);
    }
    kp_summary(stdout);
    return 0;
}
C
sed 's/main(void)/in_c(void)/' t.c > t.cpp
cat >> t.cpp <<'C'
#include <string>
static void leave_by_exception(int depth)
{
    kp::region r("object");
    KP_REGION("exception")
    {
        if (depth == 0)
            throw std::string("out");
        leave_by_exception(depth - 1);
    }
}
template <class T> T in_template(T x)
{
    KP_REGION("template") { return x; }
    return x;
}
int main()
{
    for (int i = 0; i < 3; i++)
        try {
            KP_REGION("try") leave_by_exception(i);
        } catch (const std::string &) {
        }
    for (int i = 0; i < 2; i++) {
        kp::region r(("string " + std::to_string(i)).c_str());
        in_template(1);
        in_template(1.0);
        [] { KP_REGION("lambda") {} }();
    }
    return in_c();
}
C
# left: 2 by break, 2 by continue, 1 by return, 1 by goto, 2 at its end.
cat > c.expected <<'T'
left,8
line,6
made 0,3
made 1,2
one,6
outer,8
recursive,5
T
sed -e 's/^left,8/left,10/' -e 's/^line,6/line,10/' -e 's/^one,6/one,10/' -e 's/^outer,8/outer,10/' c.expected > c89.expected
(cat c.expected; printf '%s\n' exception,3 lambda,2 object,3 'string 0,1' 'string 1,1' template,4 try,3) | LC_ALL=C sort > cpp.expected

check() { # EXPECTED: of ./t, in its own words and in those of the profile
  ./t > output || { echo "$what: exit status $?"; exit 1; }
  sed -n '2,$s/^ *\([^|]*[^ |]\) *| *\([0-9]*\) .*/\1,\2/p' output > own
  cmp -s own "$1" || { echo "$what: its own table:"; diff own "$1"; cat output; exit 1; }
  "$KERNPROF" -q -o t.prof ./t > /dev/null || { echo "$what: exit status $? under kernprof"; exit 1; }
  "$KERNPROF" export --format csv --view timers t.prof | sed '1d; s/,[0-9]*\r*$//' > profile
  cmp -s profile "$1" || { echo "$what: its profile:"; diff profile "$1"; exit 1; }
}

for link in "$lib/libkernprof.a" "-L$lib/kernprof/shared -lkernprof -Wl,-rpath,$lib" "-L$lib -lkernprof"; do
  for level in -O0 -O2; do
    for compiler in gcc clang-19; do
      what="$compiler $level $link"
      $compiler $level -I "$root/include" t.c -o t $link
      check c.expected
      what="$compiler -std=c89 $level $link"
      $compiler -std=c89 $level -DENDS_ONLY -I "$root/include" t.c -o t $link
      check c89.expected
    done
    for compiler in g++ clang++-19; do
      what="$compiler $level $link"
      $compiler $level -I "$root/include" t.cpp -o t $link
      check cpp.expected
    done
  done
done
for level in -O0 -O2; do
  what="kernprof cc $level"
  "$KERNPROF" cc $level -fkernprof-all t.c -o t
  check c.expected
  what="kernprof c++ $level"
  "$KERNPROF" c++ $level -fkernprof-all t.cpp -o t
  check cpp.expected
done

# Left by return in gcc's C89 a region is not counted, and those around it are.
what="gcc -std=c89, return"
gcc -std=c89 -I "$root/include" t.c -o t "$lib/libkernprof.a"
cat > expected <<'T'
left,6
line,6
made 0,3
made 1,2
one,6
outer,6
recursive,5
T
check expected
