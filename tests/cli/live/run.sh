# kernprof -l --live, not on a terminal: a listing per interval on standard error, while the program runs; its standard output,
# exit status and profile are what they are without it.
set -eu
. "$(dirname "$0")/common.sh"
"$KERNPROF" -l --live --interval 0.1 -o t.lprof ./t > out 2> err &
kernprof=$!
until_true test -e once
until_true grep -qE "^ .* 1000 .* t\.c:$outer outer +s \+= inner\(i\); /\* outer \*/$" err
grep -qE "^ .* 1000 .* t\.c:$inner inner +return i \| 1; /\* inner \*/$" err || fail "$(cat err)"
grep -qE '^\./t: [0-9.]+ s, 1 process' err || fail "$(cat err)"
grep -qE '^ % Own +Hits +Own \(us\) +Time \(us\)  Line  ' err || fail "$(cat err)"
expect "standard output so far" "$(cat out)" "first line"
rm once
until_true grep -qE "^ .* 2000 .* t\.c:$outer outer " err
until_true test -e twice
rm twice
status=0
wait $kernprof || status=$?
expect "exit status" $status 7
expect "standard output" "$(tr '\n' ' ' < out)" "first line last line "
expect hits "$(hits t.lprof "$outer")" 2000

# One function's listing; a reader that leaves does not end the program.
{ "$KERNPROF" -l --live --interval=0.1 --function 'in*' -o f.lprof ./t 2>&1 > out || echo $? > status; } | sed '/^Function/q' > err &
until_true test -e once
until_true grep -q '^Function: inner at line' err
rm once
until_true test -e twice
rm twice
until_true test -s status
expect "exit status" "$(cat status)" 7
expect hits "$(hits f.lprof "$inner")" 2000
! grep -q outer err || fail "$(cat err)"

# By function.
"$KERNPROF" --live --interval 0.1 -o t.prof ./t > out 2> err &
until_true test -e once
until_true grep -qE '1000 .*t\.c:[0-9]+\(inner\)' err
rm once
until_true test -e twice
rm twice
wait $! || true

# Bad uses are said before anything runs.
for bad in '-l --live --interval=0' '-l --live --interval=x' '-l --function=a' '--live --function=a'; do
  status=0
  "$KERNPROF" $bad ./t > out 2> err || status=$?
  expect "exit status of $bad" $status 125
  [ ! -s out ] && [ "$(wc -l < err)" = 1 ] || fail "$bad: $(cat err)"
done
