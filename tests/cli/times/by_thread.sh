# What each thread did of a line: hits and time, in each way of taking time, merged, and in the listing.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <unistd.h>
static pthread_barrier_t all;
KP_PROFILE static long work(long n)
{
    long s = 0;
    for (long i = 0; i < 1000 * n; i++)
        s += i ^ n; /* counted */
    usleep(20000 * n); /* timed */
    return s;
}
static void *run(void *n)
{
    pthread_barrier_wait(&all); /* so that none goes on in another's counters */
    long s = work((long)n);
    pthread_barrier_wait(&all);
    return s == 1 ? n : NULL;
}
KP_PROFILE int main(void)
{
    pthread_t threads[3];
    pthread_barrier_init(&all, NULL, 3);
    for (long i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, run, (void *)(i + 1));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL); /* alone */
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o t -lpthread
counted=$(grep -n counted t.c | cut -d: -f1) timed=$(grep -n timed t.c | cut -d: -f1) alone=$(grep -n alone t.c | cut -d: -f1)
query() { sqlite3 "$1" "$2" | tr '\n' ' '; }
for timing in off adaptive exact; do
  "$KERNPROF" -l -q --timing=$timing -o $timing.lprof ./t
  expect "$timing: hits by thread" "$(query $timing.lprof "SELECT hits FROM thread_lines WHERE line = $counted ORDER BY hits")" "1000 2000 3000 "
  expect "$timing: threads" "$(query $timing.lprof "SELECT threads FROM lines WHERE line IN ($counted, $alone) ORDER BY line")" "3 1 "
  expect "$timing: the sum of the threads" "$(query $timing.lprof "SELECT DISTINCT l.hits = SUM(t.hits), ABS(l.time_ns - SUM(t.time_ns)) < 4
    FROM lines l JOIN thread_lines t USING (file, line, function) GROUP BY file, line, function")" "1|1 "
done
for timing in adaptive exact; do # the thread with the n-fold hits of the loop sleeps n times as long
  expect "$timing: time by thread" "$(query $timing.lprof "SELECT t.time_ns >= 20000 * c.hits FROM thread_lines t
    JOIN thread_lines c USING (thread) WHERE t.line = $timed AND c.line = $counted AND c.hits >= 1000")" "1 1 1 "
done
"$KERNPROF" merge -o two.lprof adaptive.lprof adaptive.lprof
expect merged "$(query two.lprof "SELECT hits FROM thread_lines WHERE line = $counted ORDER BY hits")" "2000 4000 6000 "
expect "merged threads" "$(query two.lprof "SELECT threads FROM lines WHERE line = $counted")" "3 "
"$KERNPROF" view --threads --function work -o listing adaptive.lprof
grep -q 'Threads Thread Hits Thread Min Thread Mean Thread Max Imbal. %' listing
got=$(awk -v line=$counted '$1 == line { print $2, $6, $7 }' listing)
expect listing "$got" "6000 3 3000"
expect "on request" "$("$KERNPROF" view --columns=threads --function main adaptive.lprof | awk -v line=$alone '$1 == line { print $2, $6 }')" "3 1"
