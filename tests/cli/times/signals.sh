# The timers disturb nobody: no system call is interrupted, the program's own SIGPROF works, and so do a handler of SIGURG
# that it sets later and all signals set back to their defaults; that it took the signal is said.
set -eu
. "$KP_TESTS/cli/times/common.sh"
export KERNPROF_SAMPLER=timer
spin_header
cat > sleeps.c <<'C'
#include "spin.h"
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/epoll.h>
int main(void)
{
    long interrupted = 0;
    int queue = epoll_create1(0);
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    spin(100);
    for (double until = spin_now() + 400; spin_now() < until;)
        for (int i = 0; i < 100; i++) {
            struct timespec moment = {0, 1}, now;
            struct epoll_event event;
            interrupted += nanosleep(&moment, NULL) != 0 && errno == EINTR;
            interrupted += poll(NULL, 0, i == 0) < 0 && errno == EINTR;
            interrupted += epoll_wait(queue, &event, 1, i == 1) < 0 && errno == EINTR;
            clock_gettime(CLOCK_REALTIME, &now);
            now.tv_nsec = now.tv_nsec < 999000000 ? now.tv_nsec + 100000 : now.tv_nsec;
            interrupted += sem_timedwait(&semaphore, &now) != 0 && errno == EINTR;
        }
    printf("%ld\n", interrupted);
    return 0;
}
C
"$KERNPROF" cc -O2 sleeps.c -o sleeps -lpthread
"$KERNPROF" -l -q -o s.lprof ./sleeps > interrupted
expect "interrupted system calls" "$(cat interrupted)" 0
at_least "time" "$(own s.lprof 12)" 30000

cat > handlers.c <<'C'
#include "spin.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
static volatile long profs, urgents;
static void count(int number)
{
    if (number == SIGPROF)
        profs++;
    else
        urgents++;
}
int main(int argc, char **argv)
{
    struct itimerval often = {{0, 1000}, {0, 1000}};
    if (argc > 1 && strcmp(argv[1], "defaults") == 0)
        for (int i = 1; i < NSIG; i++)
            signal(i, SIG_DFL);
    if (argc > 1 && strcmp(argv[1], "urgent") == 0)
        signal(SIGURG, count);
    signal(SIGPROF, count);
    setitimer(ITIMER_PROF, &often, NULL);
    spin(200);
    printf("%s %s\n", profs > 10 ? "profs" : "", urgents ? "urgents" : "");
    return 0;
}
C
"$KERNPROF" cc -O2 handlers.c -o handlers
"$KERNPROF" -l -o h.lprof ./handlers > out 2> said
expect "own SIGPROF" "$(cat out)" "profs "
at_least "time" "$(own h.lprof 12)" 80000
expect "nothing is said" "$(cat said)" ""
for what in defaults urgent; do
  "$KERNPROF" -l -o h.lprof ./handlers $what > out 2> said
  grep -q profs out || fail "$what: $(cat out)"
  grep -q 'could not be sampled' said || fail "$what: $(cat said)"
done
