# A tree of processes, all instrumented, is one profile with a row per process: fork with threads, vfork, posix_spawn, exec.
set -eu
. "$KP_TESTS/counts.sh"
cat > leaf.c <<'C'
#include <kernprof.h>
KP_PROFILE int main(int argc, char **argv)
{
    volatile int s = 0;
    for (int i = 0; i < 7; i++)
        s += i; /* leaf */
    return argc > 2 && argv[1][0] == 'x';
}
C
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i ^ n; /* trunk */
    return s;
}
static void *thread(void *unused)
{
    return work(10) == 1 ? NULL : unused;
}
static void use_threads(void)
{
    pthread_t ids[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&ids[i], NULL, thread, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(ids[i], NULL);
}
static volatile int stop;
static void *busy(void *unused)
{
    while (!stop)
        work(0);
    return unused;
}
int main(void)
{
    char *words[] = {"./leaf", "spawned", NULL};
    pthread_t other;
    pthread_create(&other, NULL, busy, NULL);
    for (int i = 0; i < 5; i++) { /* while another thread counts */
        pid_t child = fork();
        if (child == 0) {
            use_threads();
            if (fork() == 0) {
                work(1000);
                exit(0);
            }
            wait(NULL);
            exit(work(100) == 1);
        }
        waitpid(child, NULL, 0);
    }
    stop = 1;
    pthread_join(other, NULL);
    pid_t child = vfork();
    if (child == 0) {
        work(5);
        execv("./leaf", words);
        _exit(1);
    }
    waitpid(child, NULL, 0);
    posix_spawn(&child, "./leaf", NULL, NULL, words, environ);
    waitpid(child, NULL, 0);
    return system("./leaf && exec ./leaf");
}
C
"$KERNPROF" cc -O2 leaf.c -o leaf
"$KERNPROF" cc -O2 t.c -o t
trunk=$(grep -n trunk t.c | cut -d: -f1) leaf=$(grep -n 'leaf \*/' leaf.c | cut -d: -f1)
for timing in off exact; do
  "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t
  count() { sqlite3 t.lprof "SELECT SUM(hits) FROM lines WHERE line = $2 AND file LIKE '%/$1'"; }
  expect "hits of the trunk" "$(count t.c "$trunk")" $((5 * (30 + 1000 + 100) + 5))
  expect "hits of the leaves" "$(count leaf.c "$leaf")" $((4 * 7))
  expect "processes, distinct, clean" "$(runs t.lprof 'COUNT(*),COUNT(DISTINCT pid),SUM(clean)')" "15 15 15"
  expect "threads of each fork" "$(runs t.lprof 'COUNT(*)' "threads = 4 AND exit_status IS NULL")" 5
  expect "spawned" "$(runs t.lprof 'COUNT(*)' "command = './leaf spawned'")" 2
  expect "threads of the first" "$(runs t.lprof threads "exit_status IS NOT NULL")" 2
done
