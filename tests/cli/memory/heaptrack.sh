# Number and bytes of allocations and number of frees are heaptrack's, for all ways of allocating in C and C++, and for SQLite.
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
source "$KP_TESTS/memory/heaptrack.sh"
compare ways 72704 2 1600 without-threads
compare forms 0 0 0
compare database 72704 0 0
