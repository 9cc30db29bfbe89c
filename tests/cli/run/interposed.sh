# A definition that the linker or the dynamic loader prefers runs under kernprof as without it, also where the caller stands
# in one file with the other definition.
set -eu
. "$KP_TESTS/counts.sh"
cat > default.c <<'C'
#include <kernprof.h>
#include <stdio.h>
KP_PROFILE __attribute__((weak)) int setting(int n)
{
    return n + 1;
}
__attribute__((weak)) int other(int n)
{
    return n + 2;
}
extern __typeof__(other) other_alias __attribute__((weak, alias("other")));
int caller(int n)
{
    return setting(n) + other(n) + other_alias(n);
}
int main(void)
{
    int s = 0;
    for (int i = 0; i < 10; i++)
        s += caller(i);
    printf("%d\n", s);
    return 0;
}
C
cat > strong.c <<'C'
int setting(int n)
{
    return n + 1000;
}
int other(int n)
{
    return n + 20000;
}
int other_alias(int n)
{
    return n + 300000;
}
C
cat > library.c <<'C'
__attribute__((noinline)) int step(int n)
{
    return n <= 0 ? 1 : n + step(n - 1);
}
static int (*volatile pointer)(int) = step;
int library(int n)
{
    return step(n) + pointer(n);
}
C
printf '#include <stdio.h>\nint library(int);\nint main(void) { printf("%%d\\n", library(5)); return 0; }\n' > uses.c
printf 'int step(int n) { return n <= 0 ? 7 : n * 100; }\n' > preloaded.c
printf '#include <stdio.h>\nint library(int);\nint step(int n) { return n * 50; }\nint main(void) { printf("%%d\\n", library(5)); return 0; }\n' > replaces.c

# same WHAT COMMAND ...: in all modes the output is that without kernprof.
same() {
  local what=$1 mode
  shift
  "$@" > expected
  for mode in '-l --timing=adaptive' '-l --timing=exact' ''; do
    "$KERNPROF" $mode -q -o out.prof "$@" > got 2> /dev/null
    cmp -s expected got || fail "$what, mode '$mode': $(cat got), not $(cat expected)"
  done
  "$KP_BUILD/bin/memprof" -q -o out.mprof "$@" > got 2> /dev/null || true
  [ ! -s got ] || cmp -s expected got || fail "$what, memprof: $(cat got), not $(cat expected)"
}

"$KP_BUILD/bin/kernprof" cc -shared -fPIC -O1 -o preloaded.so preloaded.c
for version in $(llvm_versions); do
  export KERNPROF_CC=clang-$version
  for flags in -O2 '-O2 -fPIC -fsemantic-interposition'; do
    for all in '' -fkernprof-all; do
      what="clang-$version $flags $all"
      "$KERNPROF" cc $flags $all -c default.c -o default.o
      clang-$version -O1 -c strong.c -o strong.o
      "$KERNPROF" cc default.o strong.o -o strong
      same "$what, strong" ./strong
      "$KERNPROF" cc default.o -o weak
      same "$what, weak" ./weak
    done
    "$KERNPROF" -l -q -o weak.lprof ./weak > /dev/null
    [ "$(hits weak.lprof 5) $(hits weak.lprof 9)" = "10 20" ] || fail "$what: $(hits weak.lprof 5) $(hits weak.lprof 9)"
    "$KERNPROF" cc $flags -fPIC -shared -fkernprof-all library.c -o liblibrary.so
    "$KERNPROF" cc $flags uses.c -o uses -L. -llibrary -Wl,-rpath,"$PWD"
    same "$what, library" ./uses
    "$KERNPROF" -l -q -o uses.lprof ./uses > /dev/null
    [ "$(hits uses.lprof 3)" = 12 ] || fail "$what, library: $(hits uses.lprof 3)"
    same "$what, preloaded" env LD_PRELOAD="$PWD/preloaded.so" ./uses
    clang-$version -O1 replaces.c -o replaces -L. -llibrary -Wl,-rpath,"$PWD"
    same "$what, replaced" ./replaces
  done
done
