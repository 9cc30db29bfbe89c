# The disk fills up while the program runs: the program goes on and ends as it would, threads that got counters before are
# counted in full, the others are said to be missing; no signal, no damaged profile.
set -eu
. "$KP_TESTS/counts.sh"
mkdir small
mount -t tmpfs -o size=1200k none small 2> /dev/null || exit 77
trap 'umount small' EXIT
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i ^ n;
    return s;
}
KP_PROFILE __attribute__((noinline)) static int early(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i ^ n;
    return s;
}
static pthread_barrier_t all;
static void *thread(void *unused)
{
    int sum = work(1000);
    pthread_barrier_wait(&all);
    return unused ? unused : (void *)(long)(sum + work(1000));
}
int main(void)
{
    enum { COUNT = 300 };
    static pthread_t threads[COUNT];
    int sum = early(1000);
    pthread_barrier_init(&all, NULL, COUNT);
    for (int i = 0; i < COUNT; i++)
        pthread_create(&threads[i], NULL, thread, NULL);
    for (int i = 0; i < COUNT; i++)
        pthread_join(threads[i], NULL);
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(work(10) != 0);
    waitpid(child, &status, 0);
    printf("%d\n", sum + early(1000) + WIFEXITED(status));
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o t
./t > plain
for timing in off exact adaptive; do
  TMPDIR=$PWD/small "$KERNPROF" -l --timing=$timing -o t.lprof ./t > out 2> err || fail "exit status $?: $(cat err)"
  cmp plain out
  expect "of the thread that was first" "$(hits t.lprof 17)" 2000
  grep -q 'a thread is not counted' err || fail "the program said: $(cat err)"
  missing=$(sed -n 's/^kernprof: \([0-9]*\) threads were not counted.*/\1/p' err)
  threads=$(runs t.lprof 'MAX(threads)')
  expect "threads counted and not" $((threads + missing)) 301
  [ "$missing" -gt 50 ] || fail "$missing threads were not counted"
  expect "of threads that got counters" "$(hits t.lprof 10)" $(((threads - 1) * 2000))
  [ "$(wc -l < err)" -le 3 ] || fail "many words: $(cat err)"
done
# No room for the profile: the counters are kept, and where they are is said.
mkdir full
mount -t tmpfs -o size=8k none full
trap 'umount small full' EXIT
status=0
"$KERNPROF" -l -q -o full/t.lprof ./t > out 2> err || status=$?
expect "exit status without room for the profile" $status 125
expect "files left there" "$(ls full)" ""
folder=$(sed -n 's/.*kernprof recover -o FILE \([^`]*\)`.*/\1/p' err)
"$KERNPROF" recover -o saved.lprof "$folder" > /dev/null
expect "saved hits" "$(hits saved.lprof 17)" 2000
[ ! -e "$folder" ] || fail "$folder is still there"
