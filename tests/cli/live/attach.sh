# kernprof live: from outside, by the folder, by kernprof's process id, by the program's, and by that of a shell that started it.
set -eu
. "$(dirname "$0")/common.sh"
printf '#!/bin/sh\necho $$ > shell\n./t\nexit $?\n' > script
chmod +x script
"$KERNPROF" -l -q -o t.lprof ./script > out 2> err &
kernprof=$!
until_true test -e once
folder=$(echo "$TMPDIR"/kernprof-*)
heading='1 process'
"$KERNPROF" doctor 2> /dev/null | grep -qE '^ok +perf events' || heading="$heading, hits and times of calls \\(no samples\\)"
program=$(basename "$folder"/*.kpc | cut -d- -f1)
for run in "$folder" $kernprof "$program" "$(cat shell)"; do
  "$KERNPROF" live -n 1 "$run" > listing || fail "$run: exit status $?"
  grep -qE "^\./t: .* $heading\$" listing || fail "$run: $(cat listing)"
  grep -qE "^ .* 1000 .* t\.c:$outer outer " listing || fail "$run: $(cat listing)"
done
"$KERNPROF" live -n 2 --interval 0.05 --function outer "$folder" > listing
expect "listings" "$(grep -c "^ *$outer  *1000 .*s += inner(i)" listing)" 2
"$KERNPROF" live -n 1 --function nonsense "$folder" > listing
grep -q "nonsense" listing || fail "$(cat listing)"
# Until the run ends, or Ctrl-C.
"$KERNPROF" live --interval 0.05 "$folder" > interrupted 2> message &
watcher=$!
until_true test -s interrupted
kill -TERM $watcher
wait $watcher || fail "exit status $?"
[ ! -s message ] || fail "$(cat message)"
"$KERNPROF" live --interval 0.05 $kernprof > listing 2> message &
watcher=$!
until_true test -s listing
rm once
until_true grep -qE "^ .* 2000 .* t\.c:$outer outer " listing
until_true test -e twice
rm twice
wait $watcher || fail "exit status $?"
grep -q "the run has ended; its profile is $PWD/t.lprof" message || fail "$(cat message)"
status=0
wait $kernprof || status=$?
expect "exit status" $status 7
expect hits "$(hits t.lprof "$outer")" 2000
[ ! -e "$folder" ] || fail "$folder is still there"

# kernprof is killed, the program goes on: so does what is shown, and then says how the profile can be had.
"$KERNPROF" -l -q -o killed.lprof ./t > out 2> err &
kernprof=$!
until_true test -e once
folder=$(echo "$TMPDIR"/kernprof-*)
"$KERNPROF" live --interval 0.05 $kernprof > listing 2> message &
watcher=$!
until_true test -s listing
kill -KILL $kernprof
wait $kernprof || true
rm once
until_true grep -qE "^ .* 2000 .* t\.c:$outer outer " listing
until_true test -e twice
rm twice
wait $watcher || fail "exit status $?"
expect "message" "$(cat message)" "kernprof: the run has ended without a profile; \`kernprof recover $folder\` writes it"
"$KERNPROF" recover "$folder" > /dev/null
expect hits "$(hits killed.lprof "$outer")" 2000

# memprof shows its listing at the end.
"$(dirname "$KERNPROF")/memprof" -q -o t.mprof ./t > out &
memprof=$!
until_true test -e once
program=$(pgrep -P $memprof)
for run in $memprof "$program"; do
  status=0
  "$KERNPROF" live "$run" > listing 2> message || status=$?
  expect "exit status of live $run" $status 125
  expect "message" "$(cat message)" "kernprof: $run: a run of memprof, which lists memory when it ends; \`kernprof live\` shows runs of kernprof"
done
rm once
until_true test -e twice
rm twice
wait $memprof || true

mkdir other
for bad in '' 'a b' other none $$ 999999999 '-n 0 other' '--interval=0 other'; do
  status=0
  "$KERNPROF" live $bad > listing 2> message || status=$?
  expect "exit status of live $bad" $status 125
  [ ! -s listing ] && [ "$(wc -l < message)" = 1 ] || fail "live $bad: $(cat message)"
done
