#!/usr/bin/env bash
# check.sh LEVEL FILE [VARIANT]: compiles FILE at -LEVEL, runs it under memprof, and compares what every line that ends in
# `// = allocations bytes frees bytes live` did with that; a sixth number is that of blocks that are alive at the end. `// = -` : not listed. VARIANT: static, jemalloc, mimalloc (linked),
# preloaded (jemalloc by LD_PRELOAD).
set -euo pipefail
level=$1 file=$2 variant=${3:-plain}
case $file in
  *.c) compile=cc ;;
  *) compile=c++ ;;
esac
link=() before=()
case $variant in
  static) link=(-static -fkernprof-memory) ;;
  jemalloc | mimalloc)
    [ -e "$(gcc -print-file-name=lib$variant.so)" ] || exit 77
    link=(-DOWN_ALLOCATOR -Wl,--no-as-needed "-l$variant") ;;
  preloaded)
    library=$(gcc -print-file-name=libjemalloc.so)
    [ -e "$library" ] || exit 77
    link=(-DOWN_ALLOCATOR)
    before=(env "LD_PRELOAD=$library") ;;
esac
"$KERNPROF" "$compile" "-$level" -w -o program "$file" -lpthread "${link[@]}"
"${before[@]}" "${KERNPROF%/*}/memprof" -q -o out.mprof ./program
python3 - "$file" out.mprof "$variant" <<'PYTHON'
import re, sqlite3, sys
source, profile, variant = sys.argv[1:]
got = {}
for file, line, *values in sqlite3.connect(profile).execute(
        "SELECT file, line, SUM(allocations), SUM(allocated_bytes), SUM(frees), SUM(freed_bytes), SUM(live_bytes), SUM(live_blocks) "
        "FROM memory_lines GROUP BY file, line"):
    if file.endswith("/" + source.rsplit("/", 1)[-1]):
        got[line] = " ".join(map(str, values))
wrong = compared = 0
for number, text in enumerate(open(source), 1):
    match = re.search(r"// = (-|\d[\d ]*\d)\s*$", text)
    if not match:
        continue
    compared += 1
    found = " ".join(got.get(number, "-").split()[: len(match.group(1).split())])
    if found != match.group(1):
        wrong += 1
        print(f"{source}:{number}: {found}, expected {match.group(1)} ({variant}): {text.strip()}")
if not compared:
    sys.exit("no line carries an expectation")
sys.exit(1 if wrong else 0)
PYTHON
