#!/usr/bin/env bash
# calls.sh PROGRAM: calls of every function of bzip2 or lua equal callgrind's, of the same source compiled without us. Without
# inlining, as callgrind counts what was really called. A function whose calls the optimiser removes in the program without
# counters is named in `known`, with the reason, and must then be what callgrind never saw. All functions count as well where only
# `some` were chosen for their lines, and those of `known` then as callgrind has it.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
case $1 in
  bzip2)
    folder=$(fetch bzip2)
    cp "$folder"/{blocksort,huffman,crctable,randtable,compress,decompress,bzlib,bzip2}.c "$folder"/*.h .
    options=(-D_FILE_OFFSET_BITS=64)
    seq 1 20000 > data
    work() { # WRAPPER ...
      "${@//%s/1}" -k -c data > data.bz2
      "${@//%s/2}" -d -c data.bz2 | cmp - data
    }
    # Always 0 (there is nothing that names would be checked for), and always 1 (int has 4 bytes).
    known=(containsDubiousChars bz_config_ok)
    some='*code*'
    ;;
  lua)
    source "$KP_TESTS/real/pinned_lua.sh"
    work() { "${@//%s/1}" workload.lua > /dev/null; }
    known=()
    some='lua_*,*[gs]et*'
    ;;
esac
run() { # PROGRAM WRAPPER ...: each run of the work under the wrapper, %s in it being the number of the run
  cp "$1" program
  shift
  work "$@" ./program
}
count() { # CHOICE KNOWN...: ours, of functions chosen that way, against what callgrind counted
  "$KERNPROF" cc "${flags[@]}" "$1" ./*.c -o ours -lm
  run ours "$KERNPROF" -q -o %s.prof
  for profile in *.prof; do "$KERNPROF" export --format csv --view functions "$profile" > "${profile%.prof}.csv"; done
  python3 "$KP_TESTS/real/calls.py" "${@:2}"
}
check() { # LEVEL KNOWN...
  flags=("-$1" -fno-inline -g -gdwarf-4 -w "${options[@]}")
  clang-19 "${flags[@]}" ./*.c -o plain -lm
  run plain valgrind -q --tool=callgrind --callgrind-out-file=%s.callgrind
  count -fkernprof-all "${@:2}"
  count "-fkernprof-functions=$some"
}
check O0
check O1 "${known[@]}"
