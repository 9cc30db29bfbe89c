# Profiled code that runs late is counted: exit handlers, destructors, values of threads that go with their thread.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.cpp <<'C'
#include <kernprof.h>
#include <cstdlib>
#include <pthread.h>
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i ^ n;
    return s;
}
static volatile int sink;
static void handler() { sink = work(10); }
__attribute__((destructor)) static void last() { sink = work(100); }
__attribute__((destructor(101))) static void very_last() { sink = work(1000); }
struct local {
    ~local() { sink = work(10000); }
};
static thread_local local of_thread;
static pthread_key_t late;
static void late_value(void *rounds)
{
    sink = work(100000);
    if (rounds != (void *)1)
        pthread_setspecific(late, (void *)((long)rounds - 1));
}
static void *thread(void *)
{
    (void)&of_thread;
    sink = work(1000000);
    pthread_setspecific(late, (void *)4); /* as often as the C library goes through them */
    return nullptr;
}
int main()
{
    pthread_key_create(&late, late_value);
    atexit(handler);
    for (int i = 0; i < 5; i++) {
        pthread_t id;
        pthread_create(&id, nullptr, thread, nullptr);
        pthread_join(id, nullptr);
    }
}
C
"$KERNPROF" c++ -O2 t.cpp -o t
for timing in off exact; do
  "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t
  expect hits "$(hits t.lprof 8)" 7051110
done
