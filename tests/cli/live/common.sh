# To be sourced: a program that counts, says so, and waits for a file before it goes on.
. "$KP_TESTS/counts.sh"
# A test that fails leaves nothing running.
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
cat > t.c <<'C'
#include <kernprof.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
KP_PROFILE __attribute__((noinline)) static int inner(int i)
{
    return i | 1; /* inner */
}
KP_PROFILE __attribute__((noinline)) static int outer(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += inner(i); /* outer */
    return s;
}
static void wait_for(const char *name)
{
    fclose(fopen(name, "w"));
    while (access(name, F_OK) == 0)
        usleep(1000);
}
int main(void)
{
    int s = outer(1000);
    puts("first line");
    fflush(stdout);
    wait_for("once");
    s += outer(1000);
    wait_for("twice");
    puts("last line");
    return s == 1 ? 1 : 7;
}
C
"$KERNPROF" cc -O1 -o t t.c
inner=$(grep -n 'inner \*/' t.c | cut -d: -f1)
outer=$(grep -n 'outer \*/' t.c | cut -d: -f1)

# until_true COMMAND ARG ...: within twenty seconds
until_true() {
  for _ in $(seq 400); do
    ! "$@" || return 0
    sleep 0.05
  done
  fail "never came true: $*"
}
