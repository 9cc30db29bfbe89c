# --rss: resident memory, which grows when memory is touched and not when it is allocated.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
#include <string.h>
KP_PROFILE static int touch(size_t size)
{
    char *block = malloc(size);
    memset(block, 1, size);
    int last = block[size - 1];
    free(block);
    return last;
}
int main(void) { return touch((size_t)64 << 20) - 1; }
C
"$KERNPROF" cc -O0 t.c -o t
memprof -q --rss ./t
got=$(sqlite3 t.mprof 'SELECT line, ROUND(increment_bytes / 67108864.0, 1), usage_bytes > 67108864 FROM memory_lines WHERE line IN (6, 7, 9)' | tr '\n' ' ')
[ "$got" = '6|0.0|0 7|1.0|1 9|-1.0|0 ' ] || { echo "$got"; exit 1; }
