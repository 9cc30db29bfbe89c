# Link-time optimisation of functions with variable arguments that nobody uses, and of internal functions with OpenMP.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <stdarg.h>
#include <stdio.h>
static const int wanted = 0;
void nothing(const char *format, ...)
{
}
static void quiet(const char *format, ...)
{
}
__attribute__((noinline)) static int seldom(int n, ...)
{
    int s = n;
    if (wanted) {
        va_list list;
        va_start(list, n);
        s += va_arg(list, int);
        va_end(list);
    }
    return s;
}
int sum(int n, ...)
{
    va_list list;
    va_start(list, n);
    int s = 0;
    for (int i = 0; i < n; i++)
        s += va_arg(list, int);
    va_end(list);
    return s;
}
static int add(const int *values, int n)
{
    int s = 0;
#pragma omp parallel for reduction(+ : s)
    for (int i = 0; i < n; i++)
        s += values[i];
    return s;
}
int main(void)
{
    int values[100];
    for (int i = 0; i < 100; i++)
        values[i] = i;
    nothing("a", 1);
    quiet("b", 2);
    int (*volatile pointer)(int, ...) = seldom;
    printf("%d %d %d %d\n", add(values, 100), sum(3, 1, 2, 4), seldom(5, 6), pointer(1, 2));
    return 0;
}
C
for version in $(llvm_versions); do
  export KERNPROF_CC=clang-$version
  for flags in '-O2' '-O0' '-O1 -flto' '-O2 -flto' '-O2 -flto=thin' '-O3 -flto=thin' '-Os -flto'; do
    for openmp in '' -fopenmp; do
      [ -z "$openmp" ] || [ -e "/usr/lib/llvm-$version/lib/libomp.so" ] || continue
      [ -z "$openmp" ] || openmp="-fopenmp -L/usr/lib/llvm-$version/lib -Wl,-rpath,/usr/lib/llvm-$version/lib"
      "$KERNPROF" cc $flags $openmp -fuse-ld=lld -fkernprof-all -Wno-everything t.c -o t > log 2>&1 || { head -5 log; fail "clang-$version $flags $openmp"; }
      for timing in adaptive exact; do
        "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t > out
        [ "$(cat out)" = "4950 7 5 1" ] || fail "clang-$version $flags $openmp: $(cat out)"
        [ "$(hits t.lprof 27) $(hits t.lprof 37) $(hits t.lprof 19)" = "3 1 2" ] ||
          fail "clang-$version $flags $openmp $timing: $(hits t.lprof 27) $(hits t.lprof 37) $(hits t.lprof 19)"
      done
    done
  done
done
