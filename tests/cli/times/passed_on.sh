# A call that is timed goes by a function of its own: arguments, results and exceptions of all kinds pass through it unchanged.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.cpp <<'C'
#include <cstdarg>
#include <cstdio>
#include <stdexcept>
#include <string>
struct Big { long a[7]; };
struct Small { int x; double y; };
typedef float vector __attribute__((ext_vector_type(4)));
#define ALONE __attribute__((noinline))
ALONE Big big(Big b, int i) { b.a[i % 7] += i; return b; }
ALONE Small small(Small s, float f, short t, bool c) { s.x += t + c; s.y += f; return s; }
ALONE long many(long a, long b, long c, long d, long e, long f, Big g, double x, long i) { return a - b + c - d + e - f + g.a[2] + (long)x - i; }
ALONE int variable(int n, ...)
{
    int sum = 0;
    va_list list;
    va_start(list, n);
    while (n-- > 0)
        sum += va_arg(list, int);
    va_end(list);
    return sum;
}
ALONE void thrower(int i)
{
    if (i % 3 == 0)
        throw std::runtime_error(std::to_string(i));
}
ALONE vector times(vector a, vector b) { return a * b + a; }
ALONE long double longer(long double x) { return x * 1.5L; }
struct Base { virtual int f(int) = 0; virtual ~Base() {} };
struct Sum : Base { int f(int i) override { return i + 1; } };
struct Product : Base { int f(int i) override { return i * 2; } };
int main()
{
    Big b{};
    Small s{};
    long sum = 0, caught = 0;
    vector v = {1, 2, 3, 4};
    long double l = 1;
    Sum one;
    Product two;
    Base *both[] = {&one, &two, &one};
    int (*volatile pointer)(int, ...) = variable;
    for (int i = 0; i < 2000; i++) {
        b = big(b, i);
        s = small(s, (float)i, (short)i, i & 1);
        sum += many(i, 2, 3, 4, 5, 6, b, i * .5, 9);
        sum += variable(3, i, 2, 3) + pointer(2, i, 1);
        try {
            thrower(i);
        } catch (const std::exception &e) {
            caught += std::stoi(e.what());
        }
        v = times(v, (vector){.1f, .1f, .1f, .1f});
        l = longer(l) > 1e9L ? 1 : l + 1;
        for (Base *p : both)
            sum += p->f(i);
    }
    printf("%ld %d %g %ld %ld %g %Lg\n", b.a[3], s.x, s.y, sum, caught, v.x, l);
}
C
clang++-19 -O2 -w t.cpp -o plain
./plain > expected
versions=$(llvm_versions)
[ -n "$versions" ] || fail "no plugin was built"
for version in $versions; do
  for level in -O0 -O2 -O3; do
    KERNPROF_CXX=clang++-$version "$KERNPROF" c++ -fkernprof-all $level t.cpp -o t
    for timing in adaptive off exact; do
      "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t > output
      cmp output expected || fail "clang-$version $level $timing"
      expect "clang-$version $level $timing: lines of 2000" "$(sqlite3 t.lprof 'SELECT COUNT(*) FROM line WHERE line BETWEEN 44 AND 54 AND hits = 2000')" 7
    done
    "$KERNPROF" -q -o t.prof ./t > output
    cmp output expected || fail "clang-$version $level, by function"
    expect "clang-$version $level: calls of virtual functions" "$(sqlite3 t.prof "SELECT group_concat(calls, ' ') FROM (SELECT calls FROM function WHERE name LIKE '%::f(%' OR name LIKE '%::f' ORDER BY calls)")" "2000 4000"
  done
done
