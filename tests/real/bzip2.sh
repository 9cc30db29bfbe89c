#!/usr/bin/env bash
# bzip2.sh LEVEL: hits of every line of bzip2, compressing and decompressing.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
folder=$(fetch bzip2)
cp "$folder"/{blocksort,huffman,crctable,randtable,compress,decompress,bzlib,bzip2}.c "$folder"/*.h .
python3 - > data <<'PYTHON'
import random
random.seed(1)
words = ["%x" % random.randrange(1 << random.randrange(1, 40)) for _ in range(3000)]
print("\n".join(" ".join(random.choice(words) for _ in range(12)) for _ in range(12000)))
print("a" * 100000 + "ab" * 20000)
PYTHON
# One process must do it all, as the builds' counters are compared as one run: bzip2 takes many files.
workload() {
  for i in 1 2 3; do head -c $((i * 200000)) data > "data$i"; done
  rm -f ./*.bz2
  "$@" -9 -k data1 data2 data3 data
}
compare "$1" "-D_FILE_OFFSET_BITS=64" ./*.c
workload() { "$@" -d -k -c data.bz2 data1.bz2 > unpacked; }
compare "$1" "-D_FILE_OFFSET_BITS=64" ./*.c
cat data data1 | cmp - unpacked
