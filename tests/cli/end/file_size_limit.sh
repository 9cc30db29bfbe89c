# A limit to the size of files ends neither the program, by SIGXFSZ, nor its counts.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <sys/resource.h>
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i ^ n;
    return s;
}
static void *thread(void *unused)
{
    return work(50) == 1 ? NULL : unused;
}
int main(void)
{
    struct rlimit limit = {1, 1};
    work(100);
    setrlimit(RLIMIT_FSIZE, &limit);
    pthread_t id;
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
    return work(100) == 1;
}
C
"$KERNPROF" cc -O2 t.c -o t
"$KERNPROF" -l -q -o t.lprof ./t 2>&1 | cat > err
expect hits "$(hits t.lprof 8)" 200
grep -q 'not counted' err || fail "nothing was said of the thread"
# What is to be said is beyond the limit as well, or meets a closed pipe.
"$KERNPROF" -l -q -o t.lprof ./t 2> err || fail "exit status $?"
expect hits "$(hits t.lprof 8)" 200
cat > close.c <<'C'
#include <unistd.h>
int main(int argc, char **argv)
{
    int ends[2];
    if (argc < 2 || pipe(ends) != 0)
        return 1;
    dup2(ends[1], 2);
    close(ends[0]);
    close(ends[1]);
    execvp(argv[1], argv + 1);
    return 1;
}
C
gcc close.c -o close
./close "$KERNPROF" -l -q -o t.lprof ./t || fail "exit status $? with standard error closed"
expect hits "$(hits t.lprof 8)" 200
