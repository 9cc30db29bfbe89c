#!/usr/bin/env bash
# check.sh LEVEL VERSION FILE: compiles FILE with clang-VERSION at -LEVEL, runs it under kernprof, and compares the hits of
# every line that ends in `// = N` with N. A line without the comment is not compared. `// = -` : not listed.
# `// other.c:30 = N` is about line 30 of other.c. Files that FILE includes from its own folder are compared, too.
# KP_TARGET=TRIPLE: for another machine, whose programs QEMU runs.
set -euo pipefail
level=$1 version=$2 file=$3
command -v "clang-$version" > /dev/null || { echo "no clang-$version"; exit 77; }
export KERNPROF_CC="clang-$version" KERNPROF_CXX="clang++-$version"
case $file in
  *.c) compile=cc ;;
  *) compile=c++ ;;
esac
# Words after `// flags:` in the file's first line are for the compiler.
flags=$(sed -n '1s/.*flags: *//p' "$file" | sed 's, *needs:.*,,; s, *\*/.*,,')
needed=$(sed -n '1s/.*needs: *\([^ ]*\).*/\1/p' "$file")
[ -z "$needed" ] || [ -e "$needed" ] || { echo "no $needed"; exit 77; }
target=() emulator=()
if [ -n "${KP_TARGET-}" ]; then
  [ -z "$needed" ] || { echo "no $needed for $KP_TARGET"; exit 77; }
  target=("--target=$KP_TARGET")
  emulator=("qemu-${KP_TARGET%%-*}" -L "/usr/$KP_TARGET")
fi
# What the plugin makes is well-formed. LLVM's own optimiser of OpenMP leaves declarations in groups, which are not.
verify=()
[ "$version" -lt 19 ] || [[ $flags = *-fopenmp* ]] || verify=(-fverify-intermediate-code)
"$KERNPROF" "$compile" "${target[@]}" "-$level" "${verify[@]}" -fkernprof-all $flags -o program "$file" -lm -ldl -lpthread
expected=$(sed -n '1s/.*exit: *\([0-9]*\).*/\1/p' "$file")
for timing in off adaptive exact; do
  status=0
  "$KERNPROF" --force -l -q --timing=$timing -o out.lprof "${emulator[@]}" ./program > output 2>&1 || status=$?
  [ "$status" = "${expected:-0}" ] || { echo "exit status $status, not ${expected:-0}"; cat output; exit 1; }
  "$KERNPROF" export --format csv out.lprof > out.csv
  "$KERNPROF" export --format csv --view functions out.lprof > functions.csv
  python3 - "$file" out.csv "$timing" <<'PYTHON'
import csv, os, re, sys
source, profile, timing = sys.argv[1:]
folder = os.path.dirname(source)
# Functions that begin on one line are instances of one text (templates, a file that is included twice), and their hits add
# up; of others that share a line (lambdas) the largest counts.
start = {(row["file"], row["function"]): row["line"] for row in csv.DictReader(open("functions.csv"))}
instances = {}
for row in csv.DictReader(open(profile)):
    of_line = instances.setdefault((os.path.basename(row["file"]), int(row["line"])), {})
    begin = start.get((row["file"], row["function"]))
    of_line[begin] = of_line.get(begin, 0) + int(row["hits"])
hits = {key: max(of_line.values()) for key, of_line in instances.items()}
included = set(re.findall(r'#include "(include/.*)"', open(source).read()))
wrong = compared = 0
for path in [source] + [os.path.join(folder, name) for name in sorted(included)]:
    for number, text in enumerate(open(path), 1):
        match = re.search(r"// (?:(\S+):(\d+) )?= (\d+|-)\s*$", text)
        if not match:
            continue
        compared += 1
        file, line, expected = match.groups()
        key = (file, int(line)) if file else (os.path.basename(path), number)
        got = str(hits[key]) if key in hits else "-"
        if got != expected:
            wrong += 1
            print(f"{path}:{number}: {got} hits, expected {expected} (timing {timing}): {text.rstrip()}")
if compared == 0:
    sys.exit("no line of this file carries an expectation")
sys.exit(1 if wrong else 0)
PYTHON
done
