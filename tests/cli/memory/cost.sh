# What memprof adds to a line that allocates and frees a block: instructions, which callgrind counts, so that the machine's load
# does not matter. 547 on x86-64 with gcc 12.
set -eu
command -v valgrind > /dev/null || exit 77
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
static void *volatile sink;
KP_PROFILE static void pairs(int count)
{
    for (int i = 0; i < count; i++) {
        sink = malloc(24);
        free(sink);
    }
}
KP_PROFILE int main(int argc, char **argv)
{
    pairs(argc > 1 ? atoi(argv[1]) : 0);
    return 0;
}
C
cat > count.sh <<'SH'
#!/bin/sh
exec valgrind --tool=callgrind --callgrind-out-file=/dev/null ./t "$@" 2> "$OUT"
SH
chmod +x count.sh
"$KERNPROF" cc -O2 t.c -o t
strip -g t # valgrind does not read every kind of debug information
instructions() { # under memprof or "" PAIRS
  # shellcheck disable=SC2086
  OUT=messages $1 ./count.sh "$2" || { cat messages >&2; exit 1; }
  awk '/Collected/ { print $4 }' messages
}
per_pair() { echo $((($(instructions "$1" 21000) - $(instructions "$1" 1000)) / 20000)); }
plain=$(per_pair "") memprof=$(per_pair "memprof --force -q -o m.mprof")
[ "$(sqlite3 m.mprof "SELECT SUM(allocations) FROM memory_lines WHERE function = 'pairs'")" = 1000 ] || { echo "not counted"; exit 1; }
[ "$plain" -ge 50 ] && [ "$memprof" -gt "$plain" ] || { echo "measured nothing: $plain, $memprof"; exit 1; }
echo "$plain instructions plain, $memprof under memprof"
[ $((memprof - plain)) -le 600 ]
