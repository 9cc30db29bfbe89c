# memprof run: samples until the end, readable while it is written and after a kill; exit status; children; calls.
set -eu
trap 'kill -9 $(jobs -p) 2> /dev/null || true' EXIT
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *volatile sink;
KP_PROFILE static void fill(int mib)
{
    sink = malloc((size_t)mib << 20);
    memset(sink, 1, (size_t)mib << 20);
    usleep(300000);
}
int main(void)
{
    if (fork() == 0) {
        fill(20);
        _exit(0);
    }
    fill(40);
    wait(NULL);
    return 5;
}
C
"$KERNPROF" cc -O2 -w t.c -o t
status=0
memprof run -q -T 0.02 -M -o m.mprof ./t || status=$?
[ $status = 5 ] || { echo "exit status $status"; exit 1; }
query() { sqlite3 -cmd '.timeout 10000' "$1" "$2" | tr '\n' ' '; } # waits for a recorder that is writing
got=$(query m.mprof 'SELECT COUNT(*) > 5, MAX(rss_bytes) / 1000000 BETWEEN 20 AND 30, MAX(rss_bytes) / 1000000 BETWEEN 41 AND 60 FROM memory_samples GROUP BY pid ORDER BY MAX(rss_bytes);
  SELECT COUNT(*), MIN(end_ns - start_ns) >= 300000000, COUNT(DISTINCT pid) FROM memory_marks WHERE function = "fill";
  SELECT exit_status, clean FROM runs;')
[ "$got" = '1|1|0 1|0|1 2|1|2 5|1 ' ] || { echo "$got"; exit 1; }
got=$(memprof peak m.mprof | awk '{ print ($(NF - 1) > 19) + ($(NF - 1) > 39) }' | tr '\n' ' ')
[ "$got" = '2 1 ' ] || { memprof peak m.mprof; exit 1; }
memprof run -q -T 0.02 -C --exit-code -o c.mprof ./t || true
got=$(query c.mprof 'SELECT COUNT(DISTINCT pid), MAX(rss_bytes) > 62000000 FROM memory_samples')
[ "$got" = '1|1 ' ] || { echo "with children: $got"; exit 1; }
# While it runs, and after memprof was killed.
memprof run -q -T 0.001 -o k.mprof sleep 1000 & memprof=$!
until [ -e k.mprof ] && memprof peak k.mprof > /dev/null 2>&1; do :; done
for i in $(seq 50); do memprof peak k.mprof > out 2> err || { cat err; exit 1; }; done
sleeper=$(query k.mprof 'SELECT pid FROM runs')
kill -9 $memprof $sleeper
wait $memprof 2> /dev/null || true
memprof peak k.mprof > out
got=$(query k.mprof 'SELECT clean FROM runs; PRAGMA integrity_check; SELECT COUNT(*) > 0 FROM memory_samples')
[ "$got" = '0 ok 1 ' ] || { echo "after a kill: $got"; exit 1; }
# A process that runs already.
sleep 1000 & sleeper=$!
memprof attach -q -T 0.01 -t 0.2 -o a.mprof $sleeper
kill $sleeper
[ "$(query a.mprof 'SELECT COUNT(*) > 2, COUNT(DISTINCT pid) FROM memory_samples')" = '1|1 ' ] || { echo attach; exit 1; }
status=0
memprof run -o n.mprof ./no-such 2> err || status=$?
[ $status = 127 ] && [ ! -e n.mprof ] || { echo "no such program: $status"; cat err; exit 1; }
