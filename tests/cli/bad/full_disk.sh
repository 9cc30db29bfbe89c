# A full disk, and a read-only one: one line that says where, a status that is not zero, nothing half-written. On a small
# file system in a mount namespace of our own, which needs root.
set -eu
if [ "${1-}" != inside ]; then
  unshare -m true 2> /dev/null || { echo "needs root to mount"; exit 77; }
  exec unshare -m bash "$0" inside
fi
mkdir small
mount -t tmpfs -o size=256k none small 2> /dev/null || { echo "nothing can be mounted"; exit 77; }
printf '#include <kernprof.h>\n#include <stdio.h>\nKP_PROFILE int main(void) { puts("it ran"); return 0; }\n' > t.c
"$KERNPROF" cc -O2 t.c -o t
"$KERNPROF" -l -q -o t.lprof ./t > /dev/null
expect() { # TEXT COMMAND ... : says TEXT in one line, fails, leaves nothing in `small`
  local text=$1 status=0
  shift
  "$@" > out 2> err || status=$?
  [ $status = 125 ] && [ "$(wc -l < err)" = 1 ] && grep -q -- "$text" err || {
    echo "$*: exit status $status; expected '$text' in:"; cat err; exit 1; }
  rm -f small/fill
  [ -z "$(ls -A small)" ] || { echo "$*: leaves"; ls -A small; exit 1; }
}
fill() { # PAGES: all but so many
  head -c $((($(stat -f -c %a small) - $1) * 4096)) /dev/zero > small/fill
}
for free in 0 1 2 7; do
  fill $free
  # The counters: an error before the program runs.
  expect "small/kernprof-.*no room for counters: No space left on device: set TMPDIR" env TMPDIR=small "$KERNPROF" -l -o out.lprof ./t
  [ ! -e out.lprof ] && [ ! -s out ] || { echo "it ran all the same"; exit 1; }
done
for free in 0 1 2 7; do
  fill $free
  expect "small/.*full; choose another place with -o" "$KERNPROF" -l -o small/out.lprof ./t
  grep -q 'it ran' out
done
for command in "view -o" "export --format csv -o" "export --format json -o"; do
  fill 0
  expect "small/out: cannot be written: No space left on device; free some space" "$KERNPROF" $command small/out t.lprof
done
for command in "view" "export --format json"; do
  status=0
  "$KERNPROF" $command t.lprof > /dev/full 2> err || status=$?
  [ $status != 0 ] && grep -q 'standard output.*No space left' err || { echo "$command: $status"; cat err; exit 1; }
done
# What was there before stays whole.
cp t.lprof small/old.lprof
fill 1
if "$KERNPROF" -l -q -o small/old.lprof ./t > out 2> err; then echo 'a full disk was not seen'; exit 1; fi
cmp t.lprof small/old.lprof
# Read-only: an error before the program runs.
rm small/*
mount -o remount,ro small
expect "small: cannot write there: Read-only file system: choose another file with -o" "$KERNPROF" -l -o small/out.lprof ./t
[ ! -s out ] || { echo "it ran all the same"; exit 1; }
expect "small/kernprof-.*: cannot be created: Read-only file system: set TMPDIR" env TMPDIR=small "$KERNPROF" -l -o out.lprof ./t
expect "small/out: cannot be written: Read-only file system; choose another place with -o" "$KERNPROF" view -o small/out t.lprof
