#!/usr/bin/env bash
# sqlite3.sh LEVEL: hits of every line of SQLite (the amalgamation and its shell), running a fixed SQL script.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
sqlite_sources .
cp "$KP_TESTS/real/workload.sql" .
workload() {
  rm -f test.db*
  "$@" -batch test.db < workload.sql > messages 2>&1 || true
}
compare "$1" "-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE" ./*.c
