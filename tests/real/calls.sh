#!/usr/bin/env bash
# calls.sh: calls of every function of bzip2 equal callgrind's, of the same source compiled without us. Without inlining,
# as callgrind counts what was really called. At -O1 the optimiser removes, in the program without counters, calls whose
# results it knows; those functions are named in `known`, and must then be what callgrind never saw.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
folder=$(fetch bzip2)
cp "$folder"/{blocksort,huffman,crctable,randtable,compress,decompress,bzlib,bzip2}.c "$folder"/*.h .
seq 1 20000 > data
run() { # PROGRAM SUFFIX [WRAPPER ...]: each of the two runs under the wrapper, %s in it being the run
  local program=$1; shift
  "${@//%s/1}" "$program" -k -c data > data.bz2
  "${@//%s/2}" "$program" -d -c data.bz2 | cmp - data
}
check() { # LEVEL KNOWN...
  local flags=("-$1" -fno-inline -g -gdwarf-4 -w -D_FILE_OFFSET_BITS=64)
  shift
  clang-19 "${flags[@]}" ./*.c -o plain
  "$KERNPROF" cc "${flags[@]}" -fkernprof-all ./*.c -o ours
  run ./ours "$KERNPROF" -q -o %s.prof
  run ./plain valgrind -q --tool=callgrind --callgrind-out-file=%s.callgrind
  for i in 1 2; do "$KERNPROF" export --format csv --view functions $i.prof > $i.csv; done
  python3 "$KP_TESTS/real/calls.py" "$@"
}
check O0
check O1 containsDubiousChars bz_config_ok
