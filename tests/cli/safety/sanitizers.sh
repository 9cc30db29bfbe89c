# Instrumented programs work under the sanitizers, which find nothing in what we add: not in the code, and not in threads
# that go on counting in the segments of others. Hits are what they are without.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
static jmp_buf back;
static __attribute__((noinline)) int deep(int n)
{
    if (n == 0)
        longjmp(back, 1);
    return deep(n - 1) + 1;
}
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    char *text = malloc(n + 1);
    int s = 0;
    for (int i = 0; i < n; i++)
        text[i] = 'a' + i % 26; /* counted */
    text[n] = 0;
    if (setjmp(back) == 0)
        deep(5);
    switch (n % 3) {
    case 0: s = strlen(text); break;
    case 1: s = text[0]; break;
    default: goto out;
    }
out:
    free(text);
    return s;
}
static void *loop(void *unused)
{
    volatile int s = 0;
    for (int i = 0; i < 100; i++)
        s += i; /* threads */
    return unused;
}
int main(void)
{
    pthread_t ids[8];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 8; i++)
            pthread_create(&ids[i], NULL, loop, NULL);
        for (int i = 0; i < 8; i++)
            pthread_join(ids[i], NULL);
    }
    for (int i = 0; i < 50; i++)
        work(i);
    return 0;
}
C
line=$(grep -n 'counted \*/' t.c | cut -d: -f1) threads=$(grep -n 'threads \*/' t.c | cut -d: -f1)
export TSAN_OPTIONS=halt_on_error=1 UBSAN_OPTIONS=halt_on_error=1
for sanitizers in address,undefined thread; do
  for level in -O1; do
    "$KERNPROF" cc $level -g -fkernprof-all -fsanitize=$sanitizers -fno-sanitize-recover=all t.c -o t -lpthread
    ./t || fail "$sanitizers $level, asleep: exit status $?"
    for timing in off exact adaptive; do
      "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t 2> err || fail "$sanitizers $level $timing: $(cat err)"
      expect "$sanitizers $level $timing: hits" "$(hits t.lprof "$line") $(hits t.lprof "$threads")" "1225 16000"
    done
  done
done
# The C++ library's own handlers run at exit, too, and ThreadSanitizer wraps all of them.
cat > t.cpp <<'C'
#include <cstdio>
#include <thread>
static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i % 7; // counted
    return s;
}
int main()
{
    int a = 0, b = 0;
    std::thread first([&] { a = work(1000); }), second([&] { b = work(500); });
    first.join();
    second.join();
    std::printf("%d\n", a + b);
}
C
line=$(grep -n '// counted' t.cpp | cut -d: -f1)
for version in 14 19; do
  command -v clang++-$version > /dev/null || continue
  KERNPROF_CXX=clang++-$version "$KERNPROF" c++ -O1 -g -fkernprof-all -fsanitize=thread t.cpp -o t
  timeout 60 "$KERNPROF" -l -q -o t.lprof ./t > out || fail "C++, clang $version: exit status $?"
  expect "C++, clang $version: output" "$(cat out)" "4491"
  expect "C++, clang $version: hits" "$(hits t.lprof "$line")" 1500
done
