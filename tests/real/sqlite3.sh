#!/usr/bin/env bash
# sqlite3.sh LEVEL: hits of every line of SQLite (the amalgamation and its shell), running a fixed SQL script.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
folder=$(fetch sqlite3)
made=$KP_BUILD/real/sqlite3-amalgamation
if [ ! -e "$made/done" ]; then
  rm -rf "$made"
  mkdir -p "$made"
  (cd "$made" && "$folder/configure" --disable-readline > /dev/null && make sqlite3.c shell.c > /dev/null 2>&1 && touch done)
fi
cp "$made"/{sqlite3.c,sqlite3.h,shell.c} .
cp "$KP_TESTS/real/workload.sql" .
workload() {
  rm -f test.db*
  "$@" -batch test.db < workload.sql > messages 2>&1 || true
}
compare "$1" "-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE" ./*.c
