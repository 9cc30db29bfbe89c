# A signal handler on a stack of its own may be the first profiled code of its thread. What the runtime takes there to give the
# thread counters, beyond what handler and system take, stays below 1 KB; also where the counter file cannot grow, which is
# said from there. Stacks are painted, and the highest byte that was changed tells.
set -euo pipefail
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
static volatile int sum;
static int forks;
KP_PROFILE __attribute__((noinline)) static void work(int n)
{
    sum += n; /* counted */
}
static void handler(int signal)
{
    (void)signal;
    if (forks) {
        pid_t child = fork();
        work(1);
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
    } else
        work(1);
}
enum { LARGE = 32768, PAINT = 0xa5 };
static void *thread(void *data)
{
    size_t size = *(size_t *)data;
    unsigned char *memory = mmap(NULL, LARGE + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *bottom = memory + 4096 + LARGE - size;
    mprotect(memory, 4096, PROT_NONE);
    memset(memory + 4096, PAINT, LARGE);
    stack_t stack = {.ss_sp = bottom, .ss_size = size};
    if (sigaltstack(&stack, NULL) != 0)
        return perror("sigaltstack"), NULL;
    pthread_kill(pthread_self(), SIGUSR1);
    unsigned char *lowest = memory + 4096;
    while (*lowest == PAINT)
        lowest++;
    *(size_t *)data = bottom + size - lowest;
    return NULL;
}
int main(int argc, char **argv)
{
    (void)argc;
    size_t size = atoi(argv[2]) ? atoi(argv[2]) : LARGE;
    forks = !strcmp(argv[1], "fork");
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
    if (!strcmp(argv[1], "full")) {
        struct rlimit none;
        getrlimit(RLIMIT_FSIZE, &none);
        none.rlim_cur = 0;
        setrlimit(RLIMIT_FSIZE, &none);
    }
    pthread_t first, second;
    size_t used[2] = {size, size};
    pthread_create(&first, NULL, thread, &used[0]);
    pthread_join(first, NULL);
    pthread_create(&second, NULL, thread, &used[1]);
    pthread_join(second, NULL);
    fprintf(stderr, "used %zu\n", used[0] > used[1] ? used[0] : used[1]);
    return 0;
}
C
line=$(grep -n "counted \*/" t.c | cut -d: -f1)
used() { sed -n 's/^used //p' out; }
for level in -O0 -O2; do
  "$KERNPROF" cc $level -Wl,-z,now t.c -o t -lpthread
  for case in "first 2" "full 0" "fork 4"; do
    set -- $case
    ./t "$1" 0 2>&1 | cat > out
    alone=$(used)
    for mode in "-l --timing=off" "-l" "-l --timing=exact" ""; do
      "$KERNPROF" $mode -q -o t.lprof ./t "$1" 0 2>&1 | cat > out || fail "$level, $1, ${mode:-by function}: $(cat out)"
      more=$(($(used) - alone))
      [ $more -lt 1024 ] || fail "$level, $1, ${mode:-by function}: the runtime takes $more bytes"
      [ "$1" != full ] || expect "messages" "$(grep -c 'cannot grow' out)" 1
      # A stack that has just so much more is enough.
      "$KERNPROF" $mode -q -o t.lprof ./t "$1" $((alone + 1024)) 2>&1 | cat > out || fail "$level, $1, ${mode:-by function}: $(cat out)"
      [ -z "$mode" ] || expect "$level, $1, $mode: hits" "$(hits t.lprof "$line")" "$2"
    done
  done
done
