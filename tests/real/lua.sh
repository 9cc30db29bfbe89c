#!/usr/bin/env bash
# lua.sh LEVEL: hits of every line of Lua, running a script that uses all of its libraries.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
lua_sources .
cp "$KP_TESTS/real/workload.lua" .
workload() { "$@" workload.lua; }
# Pinned, so that all builds do the same work: the seed of hashes, the clock in table.sort, and the cache that is keyed by
# addresses. Tables keyed by addresses stay.
pins="-Dluai_makeseed(L)=42 -Dl_randomizePivot()=42u -DSTRCACHE_N=1 -DSTRCACHE_M=1"
LOOSE="lgc.c lstring.c ltable.c"
compare "$1" "-DLUA_USE_POSIX -DLUA_COMPAT_5_3 $pins" ./*.c
