#!/bin/bash
# On a terminal: --live in the lower half, the program's output above it, Ctrl-C is the program's; kernprof live on all of it, with
# keys; both leave the terminal as it was.
set -eu
. "$(dirname "$0")/common.sh"
. "$KP_TESTS/terminal.sh"
shows() { (until_true on_screen "$1") || fail "$(cat screen)"; }
gone() { until_true not_on_screen "$1"; }
not_on_screen() { ! on_screen "$1"; }
first_line_is() {
  look
  [ "$(head -1 screen)" = "$1" ]
}
terminal 100 20 sh
tmux send-keys "PS1='ready> '; clear" Enter
shows '^ready>$'
tmux send-keys "$KERNPROF -l --live --interval 0.1 -o t.lprof ./t" Enter
shows "^ .* 1000 .* t\.c:$outer outer "
shows '^first line$'
sed -n 11p screen | grep -qE '^\./t: [0-9.]+ s, 1 process' || fail "$(cat screen)"
sed -n 12p screen | grep -q '^ % Own ' || fail "$(cat screen)"
# What else is written stays above, and scrolls there.
rm once
until_true test -e twice
shows "^ .* 2000 .* t\.c:$outer outer "
# A smaller window.
tmux resize-window -x 60 -y 12
shows '^ % Own '
[ "$(wc -L < screen)" -le 60 ] || fail "$(cat screen)"
until_true sh -c "command tmux -S '$PWD/socket' capture-pane -p | sed -n 7p | grep -q '^\./t: '"
rm twice
shows 'kernprof: t\.lprof: '
shows '^last line$'
not_on_screen '% Own' || fail "$(cat screen)"
tmux resize-window -x 100 -y 20
tmux send-keys "clear" Enter
until_true first_line_is 'ready>'
# The whole terminal scrolls again.
tmux send-keys 'seq 100 130; echo ended' Enter
shows '^ended$'
expect "first line of the screen" "$(head -1 screen)" 113

# Ctrl-C goes to the program.
tmux send-keys "clear; $KERNPROF -l --live --interval 0.1 -o t.lprof ./t; echo left with \$?" Enter
until_true test -e once
shows '% Own'
tmux send-keys C-c
shows 'left with 130'
rm once

# From another terminal.
"$KERNPROF" -l -q -o t.lprof ./t > out &
kernprof=$!
until_true test -e once
tmux send-keys "clear; echo before; $KERNPROF live --interval 0.1 $kernprof; echo left with \$?" Enter
shows "^ .* 1000 .* t\.c:$outer outer "
head -1 screen | grep -q '^\./t: ' || fail "$(cat screen)"
tmux send-keys q
shows 'left with 0'
on_screen '^before$' || fail "the terminal is not as it was: $(cat screen)"
tmux send-keys "clear; $KERNPROF live --interval 0.1 --function outer $kernprof; echo left with \$?" Enter
shows '^Function: outer'
tmux resize-window -x 100 -y 8
gone 's \+= inner'
scrolled() { tmux send-keys j && on_screen 's \+= inner'; } # again: before the new size is known, all of it fits
until_true scrolled
head -1 screen | grep -q '^\./t: ' || fail "$(cat screen)"
tmux send-keys C-c
shows 'left with 0'
tmux send-keys "clear" Enter
until_true first_line_is 'ready>' # typed before, it would be cleared
# Keys are shown again.
tmux send-keys 'echo typed'
shows 'ready> echo typed'
rm once
until_true test -e twice
rm twice
wait $kernprof || true
