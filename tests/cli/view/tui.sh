#!/bin/bash
# The terminal: functions, into the source, along calls and back, search, columns, sort, editor, resize, help.
set -eu
. "$KP_TESTS/terminal.sh"
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE __attribute__((noinline)) static int inner(int i) { return i | 1; }
KP_PROFILE static int outer(int n)
{
    int s = 0; /* ü */
    for (int i = 0; i < n; i++)
        s += inner(i);
    return s;
}
int main(void) { return outer(1000) == 1; }
C
"$KERNPROF" cc -O0 -o t t.c
"$KERNPROF" -l -q -o t.lprof ./t
printf '#!/bin/sh\nsleep 0\necho "$@" > edited\n' > editor
chmod +x editor
terminal 100 20 "EDITOR=$PWD/editor $KERNPROF view --tui t.lprof; echo left with \$?; exec cat"
keys() { tmux send-keys "$@"; }
shows 'outer  \(t\.c:3\)'
shows '% Own +Time +Calls +Hits +Function  \(timer unit: 1e-06 s\)'
shows '^ +[0-9.]+ +[0-9.]+ +1 +2004 +outer  \(t\.c:3\)'
keys s
shows 'sorted by hits'
keys s
shows 'sorted by name'
keys /
keys outer Enter
keys Enter
shows '^ +7 +1000 .*s \+= inner\(i\);'
shows '^ +5 .*/\* ü \*/'
shows 'Line # +Hits +Time +Per Hit +% Time +t\.c'
keys /
keys inner\( Enter
keys .
keys c
shows '% Time +Self'
keys G
keys k k k
keys Enter
keys u
keys e
for _ in $(seq 100); do [ ! -s edited ] || break; sleep 0.1; done
grep -q '^+7 /.*/t.c$' edited || { tmux capture-pane -p; cat edited; exit 1; }
keys b
keys '?'
shows 'Backspace, b +back to where you were'
keys j
shows 's \+= inner'
tmux resize-window -x 60 -y 10
shows 'Line # +Hits'
[ "$(wc -L < screen)" -le 60 ]
keys q
shows 'left with 0'
status=0
"$KERNPROF" view --tui t.lprof < /dev/null > /dev/null 2> message || status=$?
[ $status = 125 ] && grep -q 'needs a terminal' message
