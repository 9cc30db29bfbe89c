# Bad input: one line that says what and where, and a status that is not zero; no half-written file.
set -eu
expect() {
  local status=$1 text=$2
  shift 2
  local got=0
  "$@" > out 2> err || got=$?
  [ $got = "$status" ] && [ "$(wc -l < err)" = 1 ] && grep -q -- "$text" err || {
    echo "$*: exit status $got, not $status; expected '$text' in:"; cat err; exit 1; }
}
printf '#include <kernprof.h>\nKP_PROFILE int main(void) { return 0; }\n' > t.c
"$KERNPROF" cc -O2 t.c -o t
gcc -x c - -o plain <<< 'int main(void) { return 0; }'
expect 127 'no-such: no such program' "$KERNPROF" -l ./no-such
expect 125 'nothing in it is instrumented' "$KERNPROF" -l ./plain
expect 126 'cannot be executed' "$KERNPROF" -l /
expect 125 'no program to run' "$KERNPROF" -l
expect 125 'unknown option' "$KERNPROF" --no-such-option ./t
expect 125 '/no/such' "$KERNPROF" -l -o /no/such/folder/t.lprof ./t
mkfifo pipe
expect 125 'pipe: not a regular file' "$KERNPROF" -l -o pipe ./t
expect 125 'pipe: not a regular file' memprof -o pipe ./t
[ -p pipe ] || { echo 'a pipe was replaced by a profile'; exit 1; }
expect 125 'cannot write\|cannot be created' env TMPDIR=/no/such "$KERNPROF" -l ./t
"$KERNPROF" -l -q --force -o p.lprof ./plain || { echo '--force does not run it'; exit 1; }
"$KERNPROF" -l -q -o t.lprof ./t
[ -z "$(ls -- *.part 2> /dev/null)" ] || { ls; exit 1; }
head -c 3000 t.lprof > cut.lprof
for command in "view" "export --format csv" "info"; do
  for file in cut.lprof t.c none.lprof; do
    if "$KERNPROF" $command $file > out 2> err; then echo "$command $file succeeded"; exit 1; fi
    [ "$(wc -l < err)" = 1 ] && grep -q "$file" err || { echo "$command $file:"; cat err; exit 1; }
  done
done
expect 125 'clang' env PATH=/nowhere "$KERNPROF" cc -c t.c
if "$KERNPROF" view t.lprof > /dev/full 2> err; then echo 'a full disk was not seen'; exit 1; fi
