# A context switch happens in the kernel, called by the C library: it is on the line that called.
set -eu
. "$KP_TESTS/cli/events/common.sh"
has context-switches || exit 77
cat > t.c <<'C'
#include <time.h>
static __attribute__((noinline)) void nap(int n)
{
    struct timespec moment = {0, 100000};
    for (int i = 0; i < n; i++)
        nanosleep(&moment, 0);
}
int main(void)
{
    nap(500);
    return 0;
}
C
for flags in -O0 -O2; do
  "$KERNPROF" cc $flags -fkernprof-all t.c -o t
  "$KERNPROF" -l -q --event context-switches -o t.lprof ./t
  within "$flags: naps" "$(events t.lprof context-switches 6)" 450 800
done
