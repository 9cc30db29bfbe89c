# A sample is found at a later instruction than the one that took the time: by how many depends on the processor and on what
# takes the samples. After a branch that was predicted wrong it is often an instruction that counts. Wherever the samples of
# a loop are found, none is lost, and none leaves the loop for the lines that run seldom.
set -eu
. "$KP_TESTS/cli/times/common.sh"
cat > t.c <<'C'
#include <stdio.h>
#include <time.h>
struct entry {
    struct entry *next;
    unsigned key, count;
};
static struct entry *table[4096], entries[20000], *next_entry = entries;
static void count(unsigned key)
{
    struct entry **place = &table[(key * 2654435761u >> 20) % 4096];
    for (struct entry *e = *place; e; e = e->next)

        if (e->key == key) {
            e->count++;
            return;
        }
    struct entry *made = next_entry++;
    *made = (struct entry){*place, key, 1};
    *place = made;
}

int main(void)
{
    unsigned seed = 0;
    for (int i = 0; i < 30000000; i++) {
        seed = seed * 1664525u + 1013904223u;
        count((seed >> 8) % 20000);
    }
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    printf("%lld\n", used.tv_sec * 1000000LL + used.tv_nsec / 1000);
    return 0;
}
C
# sum PROFILE WHERE: own time of lines, in microseconds.
sum() { sqlite3 "$1" "SELECT CAST(TOTAL(self_ns) / 1000 AS INTEGER) FROM lines WHERE $2"; }
for sampler in perf timer; do
  if [ $sampler = perf ] && ! "$KERNPROF" doctor | grep -q '^ok *perf events'; then continue; fi
  for flags in -O0 -O2; do
    "$KERNPROF" cc $flags -fkernprof-all t.c -o t
    used=$(KERNPROF_SAMPLER=$sampler "$KERNPROF" -l -q -o t.lprof ./t)
    all=$(sum t.lprof 1)
    # What counting takes is on no line.
    at_least "$sampler $flags: us on lines, of $used" "$all" $((used * 4 / 10))
    at_most "$sampler $flags: us on lines, of $used" "$all" $((used * 11 / 10))
    at_least "$sampler $flags: us in the loops, of $all" "$(sum t.lprof 'line BETWEEN 9 AND 16 OR line BETWEEN 21 AND 29')" $((all * 3 / 4))
    at_most "$sampler $flags: us in lines that run 20,000 times, of $all" "$(sum t.lprof 'line BETWEEN 18 AND 20')" $((all / 5))
    expect "$sampler $flags: time on lines that never ran" "$(sum t.lprof 'hits = 0')" 0
  done
done
