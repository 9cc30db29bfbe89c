#!/usr/bin/env bash
# check.sh LEVEL VERSION FILE: compiles FILE with clang-VERSION at -LEVEL, runs it under kernprof, and compares the hits of
# every line that ends in `// = N` with N. A line without the comment is not compared. `// = -` : not listed.
set -euo pipefail
level=$1 version=$2 file=$3
command -v "clang-$version" > /dev/null || { echo "no clang-$version"; exit 77; }
export KERNPROF_CC="clang-$version" KERNPROF_CXX="clang++-$version"
case $file in
  *.c) compile=cc ;;
  *) compile=c++ ;;
esac
# Words after `// flags:` in the file's first line are for the compiler.
flags=$(sed -n '1s/.*flags: *//p' "$file" | sed 's, *\*/.*,,')
"$KERNPROF" "$compile" "-$level" -fkernprof-all $flags -o program "$file" -lm -ldl -lpthread
expected=$(sed -n '1s/.*exit: *\([0-9]*\).*/\1/p' "$file")
for timing in off adaptive exact; do
  status=0
  "$KERNPROF" -l -q --timing=$timing -o out.lprof ./program > output 2>&1 || status=$?
  [ "$status" = "${expected:-0}" ] || { echo "exit status $status, not ${expected:-0}"; cat output; exit 1; }
  "$KERNPROF" export --format csv out.lprof > out.csv
  python3 - "$file" out.csv "$timing" <<'PYTHON'
import csv, re, sys
source, profile, timing = sys.argv[1:]
hits = {}
for row in csv.DictReader(open(profile)):
    if row["file"].endswith("/" + source.rsplit("/", 1)[-1]):
        line = int(row["line"])
        hits[line] = max(hits.get(line, 0), int(row["hits"]))
wrong = compared = 0
for number, text in enumerate(open(source), 1):
    match = re.search(r"// = (\d+|-)\s*$", text)
    if not match:
        continue
    compared += 1
    got = str(hits.get(number, "-"))
    if got != match.group(1):
        wrong += 1
        print(f"{source}:{number}: {got} hits, expected {match.group(1)} (timing {timing}): {text.rstrip()}")
if compared == 0:
    sys.exit("no line of this file carries an expectation")
sys.exit(1 if wrong else 0)
PYTHON
done
