# What the kernel does for a line is the line's: page faults as own time, whoever samples; waiting for a lock and sleeping as
# time that is waited.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
cat > t.c <<'C'
#include "spin.h"
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int locked;
static void *holder(void *unused)
{
    pthread_mutex_lock(&lock);
    locked = 1;
    usleep(150000);
    pthread_mutex_unlock(&lock);
    return unused;
}
KP_PROFILE __attribute__((noinline)) static void touch(char *pages, long size)
{
    for (long i = 0; i < size; i += 4096)
        pages[i] = 1;
}
KP_PROFILE __attribute__((noinline)) static void waits(void)
{
    pthread_mutex_lock(&lock);
    usleep(100000);
    spin(100);
}
int main(void)
{
    long size = 300L << 20;
    double ms = 0;
    for (int i = 0; i < 3; i++) {
        char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED)
            return 77;
        madvise(pages, size, MADV_NOHUGEPAGE);
        double began = spin_now();
        touch(pages, size);
        ms += spin_now() - began;
        munmap(pages, size);
    }
    pthread_t id;
    pthread_create(&id, NULL, holder, NULL);
    while (!locked)
        usleep(1000);
    waits();
    printf("%.0f\n", 1000 * ms);
    return pthread_join(id, NULL);
}
C
"$KERNPROF" cc -O2 t.c -o t -lpthread
waited() { sqlite3 t.lprof "SELECT CAST(100 * TOTAL(wait_ns) / TOTAL(time_ns) AS INTEGER) FROM lines WHERE line = $1 AND file LIKE '%/t.c'"; }
check() { # the profile of what was just run; the program's own measure of the page faults is in `touched`
  touched=$(cat touched)
  at_least "$1: page faults" "$(own t.lprof 19 t.c)" $((touched / 2))
  at_most "$1: page faults" "$(own t.lprof 19 t.c)" $((touched * 3 / 2 + 50000))
  at_least "$1: lock" "$(total t.lprof 23 t.c)" 100000
  at_least "$1: lock, per cent waited" "$(waited 23)" 90
  at_least "$1: sleep" "$(total t.lprof 24 t.c)" 100000
  at_least "$1: sleep, per cent waited" "$(waited 24)" 90
  at_least "$1: work that is not waiting" "$(sqlite3 t.lprof "SELECT CAST(TOTAL(time_ns - wait_ns) / 1000 AS INTEGER) FROM lines
    WHERE line = 25 AND file LIKE '%/t.c'")" 70000
}
for sampler in perf timer; do
  if [ $sampler = perf ] && ! "$KERNPROF" doctor | grep -q '^ok *perf events'; then continue; fi
  KERNPROF_SAMPLER=$sampler "$KERNPROF" -l -q -o t.lprof ./t > touched || { [ $? = 77 ] && exit 77; }
  check $sampler
done
# A user who may see the program but not the kernel.
if [ "$(id -u)" = 0 ] && [ "$(cat /proc/sys/kernel/perf_event_paranoid)" -ge 2 ] && command -v setpriv > /dev/null; then
  chmod 755 "$PWD/.." . t
  mkdir -m 777 theirs
  nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"; }
  if nobody test -x "$KERNPROF" -a -x "$PWD/t"; then
    TMPDIR=$PWD/theirs nobody "$KERNPROF" -l -q -o theirs/t.lprof "$PWD/t" > touched
    cp theirs/t.lprof t.lprof
    expect "sampler" "$(runs t.lprof sampler)" timer
    check "not privileged"
  fi
fi
