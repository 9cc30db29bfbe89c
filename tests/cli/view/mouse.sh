#!/bin/bash
# The mouse in the terminal: a click chooses a row, the wheel moves, a double click goes in; none of it outside of rows.
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
terminal 100 20 "$KERNPROF view --tui t.lprof; echo left with \$?; exec cat"
look() { tmux capture-pane -e -p | sed 's/\x1b\[/[/g' > screen; } # with attributes
# As terminals report it: a button, a column and a row, from 1, each as a byte that is 32 more. 3 is a release.
send() { tmux send-keys -H 1b 5b 4d "$(printf %x $(($1 + 32)))" "$(printf %x $(($2 + 32)))" "$(printf %x $(($3 + 32)))"; }
click() { send 0 10 "$1"; send 3 10 "$1"; }
shows 'first .*t\.c:2'
tmux send-keys s s
shows 'sorted by name'
chosen='\[[0-9;]*7m.*'
shows "$chosen *(first|second|third)"
click 3
shows "${chosen}second"
send 65 10 5
shows "${chosen}third"
send 64 10 5
send 64 10 5
shows "${chosen}first"
click 1
click 20
sleep 0.5 # ncurses waits for a second click, and then says that it was one
shows "${chosen}first"
click 4
shows "${chosen}third"
click 4
click 4
shows 's \+= first\(i\) \+ second\(i\);'
tmux send-keys q
shows 'left with 0'
