# merge: files and quoted patterns, damaged files, other builds, and an output that is whole or not there.
set -eu
fail() { echo "$*"; exit 1; }
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
KP_PROFILE static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i;
    return s;
}
int main(int argc, char **argv) { return argc > 1 && work(atoi(argv[1])) < 0; }
C
"$KERNPROF" cc -O1 t.c -o t
for rank in 0 1 2; do PMI_RANK=$rank "$KERNPROF" -l -q -o "t.%r.lprof" ./t $((rank + 1)); done
hits() { sqlite3 "$1" "SELECT group_concat(hits) FROM (SELECT hits FROM lines WHERE function = 'work' ORDER BY line)"; }
"$KERNPROF" merge -o all.lprof 't.*.lprof' 2> err
[ ! -s err ] || { cat err; exit 1; }
[ "$(hits all.lprof)" = 3,3,9,6,3 ] || fail "hits: $(hits all.lprof)"
[ "$(sqlite3 all.lprof 'SELECT group_concat(rank) FROM runs')" = 0,1,2 ] || fail 'runs'
"$KERNPROF" merge -o 0.part t.0.lprof t.1.lprof
"$KERNPROF" merge -o again.lprof t.2.lprof 0.part
cmp all.lprof again.lprof
# The output may be one of the inputs.
cp t.0.lprof self.lprof
"$KERNPROF" merge -o self.lprof self.lprof self.lprof
[ "$(hits self.lprof)" = 2,2,4,2,2 ] || fail "itself: $(hits self.lprof)"

head -c 3000 t.0.lprof > cut.lprof
if "$KERNPROF" merge -o out.lprof t.0.lprof cut.lprof t.1.lprof 2> err; then fail 'a damaged file was merged'; fi
[ "$(wc -l < err)" = 1 ] && grep -q cut.lprof err || { cat err; exit 1; }
[ ! -e out.lprof ] && [ -z "$(ls -- *.part.part out* 2> /dev/null)" ] || fail 'a half output'
"$KERNPROF" merge --keep-going -o out.lprof t.0.lprof cut.lprof none.lprof t.1.lprof 2> err
[ "$(wc -l < err)" = 2 ] && grep -q 'left out: cut.lprof' err && grep -q 'left out: none.lprof' err || { cat err; exit 1; }
[ "$(hits out.lprof)" = 2,2,5,3,2 ] || fail "kept going: $(hits out.lprof)"
if "$KERNPROF" merge --keep-going -o none.out cut.lprof 2> err; then fail 'nothing was merged'; fi
[ ! -e none.out ] || fail 'an output of nothing'

bad() {
  local text=$1 status=0
  shift
  "$KERNPROF" merge "$@" 2> err || status=$?
  [ $status = 125 ] && [ "$(grep -c . err)" = 1 ] && grep -q -- "$text" err || { echo "$*: $status"; cat err; exit 1; }
}
bad 'no -o OUT' t.0.lprof
bad 'no FILE' -o out
bad 'no file matches' -o out 'nothing.*'
bad '/no/such' -o /no/such/out t.0.lprof
bad 'not a regular file' -o /dev/full t.0.lprof
bad 'unknown option' --what

# Another build: `work` moved and is the same; `other` is new.
cp t.c old.c
{ echo '/* moved */'; cat old.c; } > t.c
"$KERNPROF" cc -O2 t.c -o t2
"$KERNPROF" -l -q -o moved.lprof ./t2 4
"$KERNPROF" merge -o builds.lprof t.0.lprof moved.lprof 2> err
[ ! -s err ] || { cat err; exit 1; }
[ "$(hits builds.lprof)" = 2,2,7,5,2 ] || fail "moved: $(hits builds.lprof)"
sed -i 's/s += i;/s += 2 * i;/' t.c
"$KERNPROF" cc -O2 t.c -o t3
"$KERNPROF" -l -q -o edited.lprof ./t3 4
"$KERNPROF" merge -o builds.lprof moved.lprof edited.lprof 2> err
grep -q '1 function differs in source between builds and stays apart: work (.*t.c)' err || { cat err; exit 1; }
[ "$(sqlite3 builds.lprof "SELECT COUNT(*) FROM functions WHERE function = 'work'")" = 2 ] || fail 'not apart'
[ "$("$KERNPROF" view builds.lprof | grep -c 's += ')" = 2 ] || fail 'the listing does not part them'
