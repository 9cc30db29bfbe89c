#!/bin/bash
# The mouse in the source: a click chooses a line, a double click goes into the function that it calls, the wheel moves;
# also after the terminal became smaller, where lines lie elsewhere; the editor opens at the line that was clicked.
set -eu
. "$KP_TESTS/terminal.sh"
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE __attribute__((noinline)) static int inner(int i) { return i | 1; }
KP_PROFILE static int outer(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += inner(i);
    return s;
}
int main(void) { return outer(1000) == 1; }
C
"$KERNPROF" cc -O0 -o t t.c
"$KERNPROF" -l -q -o t.lprof ./t
printf '#!/bin/sh\necho "$@" > edited.new && mv edited.new edited\n' > editor
chmod +x editor
terminal 100 20 "EDITOR=$PWD/editor $KERNPROF view --tui t.lprof; echo left with \$?; exec cat"
chosen() { # LINE: is shown in reverse, within ten seconds
  local colours=$'(\e\\[[0-9;]*m)*'
  for _ in $(seq 100); do
    tmux capture-pane -pe > coloured
    ! grep -qE "^$colours"$'\e\\[([0-9]+;)*7(;[0-9]+)*m'"$colours *$1 " coloured || return 0
    sleep 0.1
  done
  fail "line $1 is not chosen
$(cat coloured)"
}
row_of() { # PATTERN: its row on the screen, from 1
  tmux capture-pane -p | grep -nE -- "$1" | head -n 1 | cut -d: -f1
}
# What a terminal sends: ESC [ M, then button, column and row, each more by 32. 3 is a release, 64 and 65 are the wheel.
bytes() { # BUTTON ROW ...
  while [ $# -gt 0 ]; do
    printf '1b 5b 4d %02x %02x %02x ' $((32 + $1)) $((32 + 30)) $((32 + $2))
    shift 2
  done
}
mouse() { tmux send-keys -H $(bytes "$@"); }
click() { mouse 0 "$1" 3 "$1"; }
double_click() { mouse 0 "$1" 3 "$1" 0 "$1" 3 "$1"; }

shows 'outer  \(t\.c:3\)'
double_click "$(row_of 'outer  \(t\.c:3\)')"
shows '^ +7 +1000 .*s \+= inner\(i\);'
click "$(row_of '^ +5 .*int s = 0;')"
chosen 5
click "$(row_of '^ +8 .*return s;')"
chosen 8
mouse 64 5
chosen 7
mouse 65 5 65 5
chosen 9
click 1 # the heading and the row of keys are no rows of the source
sleep 0.5 # ncurses waits for a second click, and then says that it was one
chosen 9
click 20
sleep 0.5
chosen 9
double_click "$(row_of '^ +7 .*s \+= inner')"
chosen 2 # in the function that the line calls

tmux resize-window -x 60 -y 8
tmux send-keys G
chosen 10
[ "$(wc -l < coloured)" -le 8 ] || fail "the terminal has not become smaller"
click "$(row_of '^ +7 +1000 ')"
chosen 7
tmux send-keys e
for _ in $(seq 100); do [ ! -s edited ] || break; sleep 0.1; done
grep -q '^+7 /.*/t.c$' edited || fail "the editor was not opened at line 7"
tmux send-keys q
shows 'left with 0'
