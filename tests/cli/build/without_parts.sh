# A build without Graphviz, Node.js and npm works, and so does one where gnuplot is not installed: the command that needs a part says
# what to install, and leaves no file.
set -eu
. "$KP_TESTS/counts.sh"
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE static int callee(int n)
{
    return n + 1;
}
KP_PROFILE int main(void)
{
    return callee(0) - 1;
}
C
"$KERNPROF" cc -O0 -o t t.c
"$KERNPROF" -q -o t.prof ./t
"$KERNPROF" -l -q -o t.lprof ./t
cmake -G Ninja -S "$KP_TESTS/.." -B small -DKERNPROF_GRAPHVIZ=OFF -DKERNPROF_PAGE=OFF -DCMAKE_BUILD_TYPE=Debug > log 2>&1 &&
  cmake --build small --target kernprof -j2 >> log 2>&1 || { tail -30 log; fail "cannot be built"; }
if ldd small/bin/kernprof | grep -q libgvc; then fail "it links Graphviz"; fi
small=$PWD/small/bin

refuses() { # PATTERN FILE COMMAND ARG ...
  local pattern=$1 file=$2 status=0
  shift 2
  "$@" > out 2> message || status=$?
  expect "exit status of $*" $status 125
  grep -qE "$pattern" message || fail "$*: $(cat message)"
  [ "$(wc -l < message)" = 1 ] && [ ! -s out ] && [ ! -e "$file" ] || fail "$*: $(ls; cat out message)"
}
"$small/kernprof" graph -o t.dot t.prof
grep -q 'label="main' t.dot || fail "$(cat t.dot)"
refuses 'install libgraphviz-dev' t.svg "$small/kernprof" graph -o t.svg t.prof
refuses 'install nodejs and npm' t.html "$small/kernprof" view --html t.html t.lprof
"$small/kernprof" view t.lprof | grep -q '^Function: callee' || fail "no listing"
"$small/kernprof" doctor > said 2> message || true
grep -qE '^missing +page .*nodejs' said && grep -qE '^missing +graph layout .*libgraphviz-dev' said || fail "$(cat said)"

"$small/memprof" run -o t.memory ./t > log 2>&1 || { cat log; exit 1; }
mkdir empty
refuses "apt-get install gnuplot" t.png /usr/bin/env PATH="$PWD/empty" "$small/memprof" plot -o t.png t.memory
