#!/bin/bash
# Ctrl-Z gives the terminal back whole, and fg takes it again; so does the end of kernprof by a signal, SIGKILL too; a job in the
# background does not draw.
set -eu
. "$(dirname "$0")/common.sh"
. "$KP_TESTS/terminal.sh"
shows() { (until_true on_screen "$1") || fail "$(cat screen)"; }
type_in() { tmux send-keys "$1" Enter; }
terminal 100 20 'exec bash --norc --noprofile'
type_in "PS1='ready> '; clear"
shows '^ready>$'

# whole WHAT: the terminal scrolls from its first row to its last, its cursor shows, and what is typed is seen.
whole() {
  type_in "clear; seq 100 130; echo ended $1"
  shows "^ended $1$"
  expect "first line $1" "$(head -1 screen)" 113
  expect "cursor $1" "$(tmux display -p '#{cursor_flag} #{alternate_on} #{scroll_region_upper}-#{scroll_region_lower}')" '1 0 0-19'
  tmux send-keys "# typed $1"
  shows "^ready> # typed $1$"
  tmux send-keys Enter
}
on_terminal() { pgrep -o -P "$(tmux display -p '#{pane_pid}')"; } # the process that its shell has started, and no other test's
region() { [ "$(tmux display -p '#{scroll_region_lower}')" = "$1" ]; }
alternate() { [ "$(tmux display -p '#{alternate_on}')" = "$1" ]; }

# In the lower half; the program stops with it, and ends later.
type_in "$KERNPROF -l --live --interval 0.1 -o t.lprof ./t; echo left with \$?"
until_true test -e once
shows "^ .* 1000 .* t\.c:$outer outer "
until_true region 9
tmux send-keys C-z
shows 'left with 148'
whole 'when stopped'
type_in 'bg; clear'
whole 'in the background'
sleep 0.3 # three intervals
whole 'in the background later'
type_in "clear; fg"
until_true region 9
shows '^ % Own '
rm once
until_true test -e twice
rm twice
shows '^last line$'
shows 'kernprof: t\.lprof: '
whole 'at the end'

# kernprof is killed; the program goes on, and is ended by its files.
for signal in KILL SEGV; do
  type_in "clear; ulimit -c 0; $KERNPROF -l --live --interval 0.1 -o killed.lprof ./t"
  until_true test -e once
  shows '^ % Own '
  kill -$signal "$(on_terminal)"
  until_true region 19
  whole "after $signal"
  rm once
  until_true test -e twice
  rm twice
  "$KERNPROF" recover "$TMPDIR"/kernprof-* > /dev/null
done

# On all of it.
"$KERNPROF" -l -q -o t.lprof ./t > out &
run=$!
until_true test -e once
for signal in TERM HUP INT QUIT KILL; do
  type_in "clear; $KERNPROF live --interval 0.1 $run; echo left with \$?"
  shows "^ .* 1000 .* t\.c:$outer outer "
  alternate 1 || fail "not on a screen of its own"
  tmux send-keys C-z
  shows 'left with 148'
  whole 'when stopped'
  type_in "clear; fg; echo left with \$?"
  until_true alternate 1
  shows "^ .* 1000 .* t\.c:$outer outer "
  kill -$signal "$(on_terminal)"
  until_true alternate 0 # what the shell says of QUIT and KILL may come before, and be gone
  whole "after $signal"
done
rm once
until_true test -e twice
rm twice
wait $run || true
