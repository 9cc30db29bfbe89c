# Sourced by the tests of --event.
. "$KP_TESTS/counts.sh"

# has EVENT: can it be sampled here?
has() {
  printf 'int main(void) { return 0; }' > has.c
  "$KERNPROF" cc -fkernprof-all has.c -o has
  "$KERNPROF" -l -q --event "$1" -o has.lprof ./has 2> has.err && return 0
  grep -q "this machine does not have it" has.err || fail "$(cat has.err)"
  return 1
}

# events PROFILE EVENT LINE: how many fell on the line.
events() { sqlite3 "$1" "SELECT CAST(TOTAL(count) AS INTEGER) FROM line_events WHERE event = '$2' AND line = $3"; }

# within WHAT GOT LEAST MOST
within() { [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || fail "$1: $2, not $3 to $4"; }
