# Sourced after sources.sh: Debian's lua5.4 and a script that uses all of its libraries, into the current folder; `options`
# compile it so that all builds do the same work. Pinned are the seed of hashes, the clock in table.sort, the name of a
# temporary file, and what is hashed by address: the cache of strings has one place, a table's addresses all the same hash.
# Programs to be compared must have one name, as argv[0] is hashed too.
lua_sources .
cp "$KP_TESTS/real/workload.lua" .
sed -i 's/^#define point2uint(p).*/#define point2uint(p) ((void)(p), 0u)/' llimits.h
grep -q '(void)(p), 0u' llimits.h
options=(-DLUA_USE_POSIX -DLUA_COMPAT_5_3 '-Dluai_makeseed(L)=42' '-Dl_randomizePivot()=42u' -DSTRCACHE_N=1 -DSTRCACHE_M=1
  -DLUA_TMPNAMBUFSIZE=8 '-Dlua_tmpnam(name,error)=(strcpy(name,"lua.tmp"),(error)=0)')
