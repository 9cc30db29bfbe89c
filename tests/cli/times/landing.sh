# Where the processor goes on after a branch that it foretold wrong, there is a counter now. Such samples belong to the code
# behind the counter (an entry's count; the loop over entries), as in the program without it, not to the comparison before.
set -eu
. "$KP_TESTS/cli/times/common.sh"
"$KERNPROF" doctor | grep -q '^ok *perf events' || exit 77
cat > t.c <<'C'
#include <stdlib.h>
struct entry {
    struct entry *next;
    unsigned key, count;
};
static struct entry *table[4096];
static void count(unsigned key)
{
    struct entry **place = &table[(key * 2654435761u >> 20) % 4096];
    for (struct entry *e = *place; e; e = e->next)

        if (e->key == key) {
            e->count++;
            return;
        }
    struct entry *made = malloc(sizeof *made);
    *made = (struct entry){*place, key, 1};
    *place = made;
}

int main(void)
{
    unsigned seed = 0;
    for (int i = 0; i < 10000000; i++) {
        seed = seed * 1664525u + 1013904223u;
        count((seed >> 8) % 20000);
    }
    return 0;
}
C
"$KERNPROF" cc -O2 -fkernprof-all t.c -o t
"$KERNPROF" -l -q -o t.lprof ./t
at_least "us in line 13" "$(own t.lprof 13)" 1000
for line in 10 13; do
  at_least "us in line $line" "$(own t.lprof $line)" $((2 * $(own t.lprof 12)))
done
