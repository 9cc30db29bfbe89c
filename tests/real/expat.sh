#!/usr/bin/env bash
# expat.sh LEVEL: hits of every line of Expat, running its own tests.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
folder=$(fetch expat)
cp "$folder"/expat/lib/*.[ch] "$folder"/expat/tests/{runtests,minicheck,chardata,structdata,memcheck}.c "$folder"/expat/tests/*.h .
rm -f xmltok_ns.c xmltok_impl.c
cp "$folder"/expat/lib/xmltok_ns.c xmltok_ns.inc
cp "$folder"/expat/lib/xmltok_impl.c xmltok_impl.inc
sed -i 's/"xmltok_\(ns\|impl\)\.c"/"xmltok_\1.inc"/' xmltok.c
cat > expat_config.h <<'C'
#define XML_CONTEXT_BYTES 1024
#define XML_DTD 1
#define XML_NS 1
#define HAVE_MEMMOVE
#define BYTEORDER 1234
#define XML_POOR_ENTROPY
#define PACKAGE_STRING "expat"
C
# Pinned: the seed of hashes.
sed -i 's/^  entropy = gather_time_entropy() ^ getpid();/  entropy = 42;/' xmlparse.c
workload() { "$@" > messages 2>&1 || { tail -5 messages; exit 1; }; }
compare "$1" "-DHAVE_EXPAT_CONFIG_H -I." ./*.c
