# A daemon, detached in the usual ways with all descriptors closed, is in the profile with all that it counts: kernprof waits
# for it; --wait bounds that, and SIGINT ends it.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <fcntl.h>
#include <kernprof.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
KP_PROFILE __attribute__((noinline)) static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i ^ n; /* counted */
    return s;
}
static void *thread(void *unused)
{
    return work(1000) == 1 ? NULL : unused;
}
static void detach(void)
{
    if (fork() > 0)
        exit(0);
    setsid();
    if (fork() > 0)
        _exit(0);
    if (chdir("/") != 0)
        exit(1);
    umask(0);
    for (int i = 0; i < 100; i++)
        close(i);
}
int main(int argc, char **argv)
{
    char *folder = getcwd(NULL, 0);
    work(1);
    detach();
    work(10);
    /* Files of the daemon's own come to have the numbers that were closed. */
    int files[20];
    for (int i = 0; i < 20; i++)
        files[i] = open("/dev/null", O_RDWR);
    usleep(200000);
    work(100);
    pthread_t id;
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
    if (chdir(folder) != 0)
        exit(1);
    close(open("running", O_CREAT | O_WRONLY, 0600));
    close(open("counted", O_CREAT | O_WRONLY, 0600));
    if (argc > 1)
        while (access("stop", F_OK) != 0)
            usleep(1000);
    work(10000);
    unlink("running");
    return files[19] < 0;
}
C
"$KERNPROF" cc -O2 -w t.c -o t
line=$(grep -n "counted \*/" t.c | cut -d: -f1)
"$KERNPROF" -l -q -o t.lprof ./t
expect "hits" "$(hits t.lprof "$line")" 11111
expect "clean, threads of the daemon" "$(runs t.lprof 'clean,threads' 'exit_status IS NULL AND threads = 2')" "1 2"
rm counted
"$KERNPROF" -l -q --wait=0 -o t.lprof ./t wait
[ "$(hits t.lprof "$line")" -lt 11111 ] || fail "it waited for a daemon that does not end"
until [ -e counted ]; do :; done
touch stop
until [ ! -e running ]; do :; done
rm stop counted
"$KERNPROF" -l -q -o t.lprof ./t wait &
until [ -e counted ]; do :; done
kill -TERM $!
wait $! || fail "exit status $?"
expect "hits until SIGTERM" "$(hits t.lprof "$line")" 1111
touch stop
until [ ! -e running ]; do :; done
