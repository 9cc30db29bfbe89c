#!/bin/bash
# Profiles of several ranks or threads: which lines they wait for, and each line's spread. Memory: heat is what lines allocate.
set -eu
. "$KP_TESTS/cli/page/common.sh"
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
KP_PROFILE static void *even(int n) { return malloc(n); }
KP_PROFILE static int uneven(void *p) { return p != 0; }
int main(void) { return uneven(even(1 << 20)) == 0; }
C
"$KERNPROF" cc -O0 -o t t.c
for rank in 0 1 2; do
  "$KERNPROF" -l -q -o "$rank.lprof" ./t
  sqlite3 "$rank.lprof" "UPDATE run SET rank = $rank; UPDATE line SET time_ns = 3000000, self_ns = 3000000 WHERE line = 3;
    UPDATE line SET time_ns = 1000000 * $rank, self_ns = time_ns WHERE line = 4"
done
"$KERNPROF" merge -o t.lprof 0.lprof 1.lprof 2.lprof
"$KERNPROF" view --html ranks.html t.lprof
memprof -q -o memory.lprof ./t
"$KERNPROF" view --html memory.html memory.lprof
memprof run -q -o samples.lprof --interval 0.001 ./t
"$KERNPROF" view --html samples.html samples.lprof
cp 0.lprof threads.lprof
sqlite3 threads.lprof "INSERT INTO thread_line SELECT function, source, line, 1, hits, 1000000 FROM line WHERE line = 3;
  INSERT INTO thread_line SELECT function, source, line, 4, 2 * hits, 2000000 FROM line WHERE line = 3"
"$KERNPROF" view --html threads.html threads.lprof
node "$KP_TESTS/page/ranks.mjs" ranks.html memory.html samples.html threads.html
