# The runtime itself, built with ThreadSanitizer: 64 threads at once, in waves, in each mode; signals that interrupt them and
# are profiled too, and forks meanwhile.
set -eu
. "$KP_TESTS/counts.sh"
command -v clang-19 > /dev/null || exit 77
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static int (*volatile through)(int);
KP_PROFILE __attribute__((noinline)) static int leaf(int n)
{
    return n ^ 5;
}
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += through(i); /* counted */
    return s;
}
KP_PROFILE static void on_signal(int number)
{
    leaf(number);
}
static void *thread(void *unused)
{
    work(200);
    pthread_kill(pthread_self(), SIGUSR1);
    return work(200) == 1 ? NULL : unused;
}
int main(void)
{
    enum { THREADS = 64, WAVES = 6 };
    pthread_t ids[THREADS];
    signal(SIGUSR1, on_signal);
    through = leaf;
    for (int wave = 0; wave < WAVES; wave++) {
        for (int i = 0; i < THREADS; i++)
            if (pthread_create(&ids[i], NULL, thread, NULL) != 0)
                return 2;
        for (int i = 0; i < THREADS; i++)
            pthread_join(ids[i], NULL);
        pid_t child = fork();
        if (child == 0) {
            work(10);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        if (status != 0)
            return 3;
    }
    return 0;
}
C
for file in "$KP_TESTS"/../runtime/*.c "$KP_TESTS"/../runtime/memory/lines.c; do
  clang-19 -O1 -g -fPIC -fsanitize=thread -fvisibility=hidden -D_GNU_SOURCE -I"$KP_TESTS/.." -c "$file"
done
"$KERNPROF" cc -O1 -g -fsanitize=thread -c t.c -o program.o
clang-19 -fsanitize=thread ./*.o -o t -lpthread
line=$(grep -n 'counted \*/' t.c | cut -d: -f1)
export TSAN_OPTIONS=halt_on_error=1
for timing in off exact adaptive; do
  "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t 2> err || fail "$timing: exit status $?: $(cat err)"
  expect "$timing: hits" "$(hits t.lprof "$line")" $((6 * (64 * 400 + 10)))
  expect "$timing: threads of the first process" "$(runs t.lprof threads 'exit_status = 0')" $((6 * 64 + 1))
done
