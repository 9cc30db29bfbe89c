# What was alive at the peak: exact on a known program, and its sum over lines is the peak, with threads too.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <stdlib.h>
static __thread void *volatile sink;
static void *keep(void *p) { sink = p; return sink; }
KP_PROFILE static void known(void)
{
    void *a = keep(malloc(100));
    void *b = keep(malloc(200));
    free(a);
    void *c = keep(malloc(1000));
    free(b);
    a = keep(malloc(150));
    free(c);
    free(a);
}
KP_PROFILE static void *worker(void *seed)
{
    unsigned random = (unsigned)(size_t)seed;
    void *block[64] = {0};
    for (int i = 0; i < 20000; i++) {
        random = random * 1664525u + 1013904223u;
        free(block[random >> 26]);
        block[random >> 26] = keep(malloc(random >> 20 & 1023));
    }
    for (int i = 0; i < 64; i++)
        free(block[i]);
    return NULL;
}
int main(int argc, char **argv)
{
    pthread_t thread[4];
    (void)argv;
    if (argc == 1) {
        known();
        return 0;
    }
    for (size_t i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, worker, (void *)(i + 1));
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o t -lpthread
memprof -q ./t
got=$(sqlite3 t.mprof 'SELECT line, peak_bytes FROM memory_lines WHERE peak_bytes' | tr '\n' ' ')
[ "$got" = '9|200 11|1000 ' ] || { echo "$got"; exit 1; }
for i in 1 2 3; do
  memprof -q ./t threads
  got=$(sqlite3 t.mprof 'SELECT (SELECT SUM(peak_bytes) FROM memory_lines) + outside_peak_bytes - peak_bytes, peak_bytes > 20000,
    (SELECT SUM(allocations) FROM memory_lines), (SELECT SUM(live_bytes) FROM memory_lines) FROM memory_processes')
  [ "$got" = '0|1|80000|0' ] || { echo "threads: $got"; exit 1; }
done
