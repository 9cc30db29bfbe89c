# --live has samples: a loop that calls nothing has own time while it runs.
set -eu
. "$KP_TESTS/counts.sh"
"$KERNPROF" doctor 2> /dev/null | grep -qE '^ok +perf events' || exit 77
cat > t.c <<'C'
#include <kernprof.h>
#include <unistd.h>
KP_PROFILE __attribute__((noinline)) static unsigned spin(unsigned s)
{
    for (int i = 0; i < 1000000; i++) s = s * 1664525 + (s >> 7); /* spins */
    return s;
}
int main(void)
{
    unsigned s = 1;
    while (access("stop", F_OK) != 0)
        s = spin(s);
    return s == 0;
}
C
"$KERNPROF" cc -O1 -o t t.c
line=$(grep -n 'spins' t.c | cut -d: -f1)
"$KERNPROF" -l -q --live --interval 0.1 ./t 2> err &
seen() { # its share of own time, hits, own time
  awk -v place="t.c:$line" '$5 == place && $1 > 50 && $2 > 0 && $3 > 0 { found = 1 } END { exit !found }' err
}
for _ in $(seq 400); do
  ! seen || break
  sleep 0.05
done
touch stop
wait $! || fail "exit status $?"
seen || fail "$(tail -20 err)"
