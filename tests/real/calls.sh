#!/usr/bin/env bash
# calls.sh: calls of every function of bzip2 equal callgrind's, of the same source compiled without us. Without inlining,
# as callgrind counts what was really called.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
folder=$(fetch bzip2)
cp "$folder"/{blocksort,huffman,crctable,randtable,compress,decompress,bzlib,bzip2}.c "$folder"/*.h .
flags=(-O1 -fno-inline -g -gdwarf-4 -w -D_FILE_OFFSET_BITS=64)
clang-19 "${flags[@]}" ./*.c -o plain
"$KERNPROF" cc "${flags[@]}" -fkernprof-all ./*.c -o ours
seq 1 20000 > data
run() { # PROGRAM SUFFIX [WRAPPER ...]: each of the two runs under the wrapper, %s in it being the run
  local program=$1; shift
  "${@//%s/1}" "$program" -k -c data > data.bz2
  "${@//%s/2}" "$program" -d -c data.bz2 | cmp - data
}
run ./ours "$KERNPROF" -q -o %s.prof
run ./plain valgrind -q --tool=callgrind --callgrind-out-file=%s.callgrind
for i in 1 2; do "$KERNPROF" export --format csv --view functions $i.prof > $i.csv; done
python3 - <<'PYTHON'
import collections, csv, re, sys
ours, theirs = collections.Counter(), collections.Counter()
for i in "12":
    for row in csv.DictReader(open(i + ".csv")):
        ours[row["function"]] += int(row["calls"])
    names, callee = {}, None
    for line in open(i + ".callgrind"):
        found = re.match(r"c?fn=\((\d+)\)(?: (.*))?", line)
        if found:
            if found[2]:
                names[found[1]] = re.sub(r"'\d+$", "", found[2])  # a level of recursion
            if line[0] == "c":
                callee = names[found[1]]
        elif line.startswith("calls="):
            theirs[callee] += int(line[6:].split()[0])
wrong = [f for f in ours if ours[f] != theirs[f]]
for f in wrong:
    print(f"{f}: {ours[f]} calls, callgrind counted {theirs[f]}")
called = sum(n > 0 for n in ours.values())
print(f"{len(ours)} functions, {called} of them called, {sum(ours.values())} calls, {len(wrong)} wrong")
sys.exit(bool(wrong) or called < 40)
PYTHON
