#!/bin/bash
# The mouse in the terminal: a click chooses a row, of functions and of source, a double click goes in, the wheel moves, and outside of
# rows nothing happens; also after the terminal became smaller, where rows lie elsewhere; the editor opens at the line that was
# clicked.
set -eu
. "$KP_TESTS/terminal.sh"
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE __attribute__((noinline)) static int first(int i) { return i | 1; }
KP_PROFILE __attribute__((noinline)) static int second(int i) { return i | 2; }
KP_PROFILE static int third(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += first(i) + second(i);
    return s;
}
int main(void) { return third(1000) == 1; }
C
"$KERNPROF" cc -O0 -o t t.c
"$KERNPROF" -l -q -o t.lprof ./t
printf '#!/bin/sh\necho "$@" > edited.new && mv edited.new edited\n' > editor
chmod +x editor
terminal 100 20 "EDITOR=$PWD/editor $KERNPROF view --tui t.lprof; echo left with \$?; exec cat"
look() { tmux capture-pane -e -p > screen; } # with attributes
colours=$'(\e\\[[0-9;]*m)*'
chosen() { shows "^$colours"$'\e\\[([0-9]+;)*7(;[0-9]+)*m'"$colours *$1"; } # PATTERN: where the row in reverse begins
chosen_line() { chosen "$1 "; }
row_of() { tmux capture-pane -p | grep -nE -- "$1" | head -n 1 | cut -d: -f1; } # PATTERN: on the screen, from 1
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
click_outside() { # of the rows: on the heading and on the keys
  click 1
  click 20
  sleep 0.5 # ncurses waits for a second click, and then says that it was one
}

shows 'first +\(?t\.c:2'
tmux send-keys s s
shows 'sorted by name'
named() { chosen "([0-9.]+ +)*$1 "; }
click 3
named second
mouse 65 5
named third
mouse 64 5 64 5
named first
click_outside
named first
double_click "$(row_of 'third +\(?t\.c:4')"
shows ' 8 +1000 .*s \+= first\(i\)'

click "$(row_of '^ +6 .*int s = 0;')"
chosen_line 6
click "$(row_of '^ +9 .*return s;')"
chosen_line 9
mouse 64 5
chosen_line 8
mouse 65 5 65 5
chosen_line 10
click_outside
chosen_line 10
double_click "$(row_of '^ +8 .*s \+= first')"
chosen_line '[23]' # in a function that the line calls

tmux resize-window -x 60 -y 8
tmux send-keys G
chosen_line 11
[ "$(wc -l < screen)" -le 8 ] || fail "the terminal has not become smaller"
click "$(row_of '^ +8 +1000 ')"
chosen_line 8
tmux send-keys e
for _ in $(seq 100); do [ ! -s edited ] || break; sleep 0.1; done
grep -q '^+8 /.*/t.c$' edited || fail "the editor was not opened at line 8"
tmux send-keys q
shows 'left with 0'
