# Page faults are on the line that touches the memory, also where it is the C library that does so for it, and however
# time is taken.
set -eu
. "$KP_TESTS/cli/events/common.sh"
has page-faults || exit 77
cat > t.c <<'C'
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
enum { PAGE = 4096, PAGES = 5000 };
static char *pages(void)
{
    char *area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(area, PAGES * PAGE, MADV_NOHUGEPAGE);
    return area;
}
static __attribute__((noinline)) void touch(char *area)
{
    for (int i = 0; i < PAGES; i++)
        area[i * PAGE] = 1;
}
static __attribute__((noinline)) void fill(char *area)
{
    memset(area, 1, PAGES * PAGE);
}
int main(void)
{
    char *first = pages(), *second = pages();
    touch(first);
    fill(second);
    return first[PAGE] + second[PAGE] == 2 ? 0 : 1;
}
C
for timing in adaptive off exact; do
  for flags in -O0 -O2; do
    "$KERNPROF" cc $flags -fkernprof-all t.c -o t
    "$KERNPROF" -l -q --timing=$timing --event page-faults -o t.lprof ./t
    # Estimates: a sample stands for as many faults as there were since the last one, whichever line they were on.
    within "$timing $flags: touched" "$(events t.lprof page-faults 14)" 3000 6500
    within "$timing $flags: filled by the library" "$(events t.lprof page-faults 18)" 3000 6500
    within "$timing $flags: calls of profiled functions" "$(events t.lprof page-faults 23)" 0 50
  done
done
KERNPROF_SAMPLER=timer "$KERNPROF" -l -q --event page-faults -o t.lprof ./t
within "timers: touched" "$(events t.lprof page-faults 14)" 3000 6500
expect "timers: sampler" "$(runs t.lprof 'DISTINCT sampler')" timer

# In every view that has columns, merged and compared like the others.
"$KERNPROF" view t.lprof > listing
grep -q '^Line # .*Page Faults' listing || fail "$(cat listing)"
"$KERNPROF" export --format csv t.lprof | head -1 | grep -q ',page-faults$' || fail "csv: $("$KERNPROF" export --format csv t.lprof)"
"$KERNPROF" export --format callgrind -o callgrind.out.1 t.lprof
callgrind_annotate --show=page-faults --sort=page-faults --auto=no callgrind.out.1 > annotated
grep -qE '^ *[45],[0-9]{3} \([45][0-9.]+%\) .*t\.c:(touch|fill)' annotated || fail "$(cat annotated)"
"$KERNPROF" view --html t.html t.lprof
grep -q 'page-faults' t.html || fail "the page has no column of them"
"$KERNPROF" merge -o both.lprof t.lprof t.lprof
expect "merged" "$(events both.lprof page-faults 14)" $((2 * $(events t.lprof page-faults 14)))
