# Number and bytes of allocations and number of frees are heaptrack's, for C, C++, SQLite and Lua.
# Every difference is known: heaptrack does not see memalign and pvalloc; it brings libstdc++ into C programs, whose pool for
# exceptions is one allocation of 72704 bytes, and at exit it frees that pool, in C++ programs as well.
set -eu
command -v heaptrack zstdcat > /dev/null || exit 77
cat > t.c <<'C'
#include <kernprof.h>
#include <sqlite3.h>
#include <stdio.h>
KP_PROFILE int main(void)
{
    sqlite3 *db;
    char *sql;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        return 1;
    sqlite3_exec(db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t (b)", NULL, NULL, NULL);
    for (int i = 0; i < 300; i++) {
        sql = sqlite3_mprintf("INSERT INTO t (b) VALUES ('%d and %d')", i * 7919 % 300, i);
        sqlite3_exec(db, sql, NULL, NULL, NULL);
        sqlite3_free(sql);
    }
    sqlite3_exec(db, "SELECT SUM(a), GROUP_CONCAT(b) FROM t GROUP BY a % 7 ORDER BY b", NULL, NULL, NULL);
    sqlite3_close(db);
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o database -lsqlite3
"$KERNPROF" cc -O2 -w "$KP_TESTS/memory/lines.c" -o ways -lpthread
"$KERNPROF" c++ -O2 -w "$KP_TESTS/memory/lines.cpp" -o forms
if (source "$KP_TESTS/real/sources.sh" && fetch lua5.4) > folder 2> /dev/null; then
  mkdir lua
  cp "$(cat folder)"/src/*.[ch] lua
  rm -f lua/luac.c
  printf '#define DEB_HOST_MULTIARCH "here"\n' > lua/lua5.4-deb-multiarch.h
  "$KERNPROF" cc -O1 -w '-Dluai_makeseed(L)=42' '-Dl_randomizePivot()=42u' -DSTRCACHE_N=1 -DSTRCACHE_M=1 -DLUA_USE_POSIX \
    -fkernprof-functions=main,'luaM_*' lua/*.c -lm -o interpreter
fi
# Of the recording: "a SIZE TRACE" is a kind of allocation, "+ KIND" one such, "- KIND" its end.
sums() {
  python3 -c '
import sys
sizes, count, size, frees = [], 0, 0, 0
for line in sys.stdin:
    word = line.split()
    if line.startswith("a "):
        sizes.append(int(word[1], 16))
    elif line.startswith("+ "):
        count += 1
        size += sizes[int(word[1], 16)]
    elif line.startswith("- "):
        frees += 1
print(count, size, frees)'
}
# compare PROGRAM POOL UNSEEN_COUNT UNSEEN_BYTES ARG ...
compare() {
  local program=$1 pool=$2 unseen=$3 unseen_bytes=$4
  shift 4
  memprof -q -o m.mprof "./$program" "$@" > /dev/null 2>&1
  heaptrack -o "$program.ht" "./$program" "$@" > /dev/null 2>&1
  local theirs ours
  theirs=$(zstdcat "$program.ht.zst" | sums)
  ours=$(sqlite3 -separator ' ' m.mprof "SELECT allocations + ($pool > 0) - $unseen, allocated_bytes + $pool - $unseen_bytes,
    frees + 1 - $unseen FROM memory_processes")
  [ "$ours" = "$theirs" ] || { echo "$program: $ours; heaptrack: $theirs"; exit 1; }
  echo "$program: $ours"
}
compare ways 72704 2 1600 without-threads
compare forms 0 0 0
compare database 72704 0 0
if [ -e interpreter ]; then compare interpreter 72704 0 0 "$KP_TESTS/real/workload.lua"; fi
