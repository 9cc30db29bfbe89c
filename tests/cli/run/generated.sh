# A kernel that is written, compiled, loaded, run, closed and deleted by the program: its lines and their text are there.
set -eu
"$KERNPROF" cc -O2 "$KP_TESTS/../examples/generated/generated.c" -o generated -ldl
"$KERNPROF" -l -v -q -o g.lprof ./generated > out
grep -q 'for (' out || { cat out; exit 1; }
