#!/usr/bin/env bash
# What memprof counts of Lua, SQLite's shell and a C++ program is what heaptrack counts, to the last byte.
set -euo pipefail
command -v heaptrack zstdcat sqlite3 > /dev/null || { echo "no heaptrack, zstd or sqlite3"; exit 77; }
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/memory/heaptrack.sh"
mkdir lua sqlite
lua_sources lua
sqlite_sources sqlite
# Pinned, so that all runs do the same work (pinned_lua.sh says how).
"$KERNPROF" cc -O1 -w '-Dluai_makeseed(L)=42' '-Dl_randomizePivot()=42u' -DSTRCACHE_N=1 -DSTRCACHE_M=1 -DLUA_USE_POSIX \
  -fkernprof-functions=main,'luaM_*' lua/*.c -lm -o interpreter
"$KERNPROF" cc -O0 -w -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -fno-kernprof-calls \
  -fkernprof-functions=main,'sqlite3Mem*' sqlite/*.c -lm -o shell
"$KERNPROF" c++ -O1 "$KP_TESTS/../bench/memory/containers.cpp" -o containers
compare interpreter 72704 0 0 "$KP_TESTS/real/workload.lua"
compare shell 72704 0 0 -batch :memory: ".read $KP_TESTS/real/workload.sql"
compare containers 0 0 0
# All of it was done by lines that are profiled, but for what libc allocates before and after main.
allocations="SELECT SUM(allocations) FROM memory_lines WHERE function"
memprof -q -o m.mprof ./shell -batch :memory: ".read $KP_TESTS/real/workload.sql" > /dev/null 2>&1 || true
[ "$(sqlite3 m.mprof "$allocations LIKE 'sqlite3Mem%'")" -gt 10000 ] || { echo "SQLite's allocations are not its lines'"; exit 1; }
