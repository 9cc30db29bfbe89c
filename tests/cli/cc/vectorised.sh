#!/bin/bash
# Counting leaves loops as wide as they are without it.
set -eu
. "$(dirname "$0")/common.sh"

cat >loop.c <<'END'
int words(const char *text, int length)
{
    int count = 0, inside = 0;
    for (int i = 0; i < length; i++) {
        if (text[i] == ' ') {
            inside = 0;
        } else if (!inside) {
            inside = 1;
            count++;
        }
    }
    return count;
}
END
cc -O2 -g -Rpass=loop-vectorize -c loop.c 2>untouched
cc -O2 -g -fkernprof-all -Rpass=loop-vectorize -c loop.c 2>counted
width=$(grep -o 'vectorization width: [0-9]*' untouched) || fail "the loop is no vectors: $(cat untouched)"
[ "$(grep -c "$width," counted)" = 2 ] || fail "untouched: $(cat untouched); original and counting body: $(cat counted)"
