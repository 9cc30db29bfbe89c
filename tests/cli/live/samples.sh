# --live has samples: a loop that calls nothing has own time while it runs; also for kernprof live, from another process, and for
# kernprof recover, when kernprof was killed.
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

rm stop
"$KERNPROF" -l -q -o killed.lprof ./t &
kernprof=$!
for _ in $(seq 400); do
  "$KERNPROF" live -n 1 $kernprof > err 2> /dev/null || true
  ! seen || break
  sleep 0.05
done
seen || fail "kernprof live: $(cat err)"
folder=$(echo "$TMPDIR"/kernprof-*)
kill -KILL $kernprof
wait $kernprof 2> /dev/null || true
touch stop
while "$KERNPROF" recover | grep -q 'still counting'; do :; done
"$KERNPROF" recover "$folder" > /dev/null
own() { "$KERNPROF" export --format csv "$1" | awk -F, -v line="$line" '$2 == line { print ($6 > 0) }'; }
expect "own time after kernprof was killed" "$(own killed.lprof)" 1
expect sampler "$(runs killed.lprof sampler)" perf

# A damaged file of samples is none.
rm stop
"$KERNPROF" -l -q -o damaged.lprof ./t &
kernprof=$!
until [ -e "$(echo "$TMPDIR"/kernprof-*)/samples.json" ]; do :; done
folder=$(echo "$TMPDIR"/kernprof-*)
kill -KILL $kernprof
wait $kernprof 2> /dev/null || true
touch stop
while "$KERNPROF" recover | grep -q 'still counting'; do :; done
for damage in '' '{' '[]' '{"files":1,"places":[]}' '{"files":[[1,2,3]],"places":[]}' '{"files":[],"places":[[0,1,2,3]]}' \
  '{"files":[["a","",0]],"places":[[0,1,2]]}' '{"files":[["a","",0]],"places":[[1,1,2,3]]}'; do
  echo "$damage" > "$folder/samples.json"
  "$KERNPROF" recover --keep -o damaged.lprof "$folder" > /dev/null
  expect "sampler of $damage" "$(runs damaged.lprof sampler)" ''
done
