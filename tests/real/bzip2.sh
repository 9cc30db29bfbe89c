#!/usr/bin/env bash
# bzip2.sh LEVEL: hits of every line of bzip2: compressing, decompressing and testing files, good and bad ones.
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
for i in 1 2 3; do head -c $((i * 200000)) data > "data$i"; done
# Many processes: the counts are the sum over all of them.
cat > work.sh <<'SHELL'
fails() { "$@"; case $? in 1|2) ;; *) echo "status not 1 or 2: $*" >&2; exit 1 ;; esac; }
rm -f *.bz2
"$1" -9 -k data data1
"$1" -1 -k data2 data3
"$1" -t data.bz2 data2.bz2
cat data.bz2 data1.bz2 data2.bz2 | "$1" -dc > unpacked
"$1" -dcs data3.bz2 >> unpacked
cat data data1 data2 data3 | cmp - unpacked || exit 1
"$1" -c < /dev/null | "$1" -tv
head -c 30000 data1.bz2 > short.bz2
{ head -c 20000 data1.bz2; head -c 500 /dev/zero; tail -c +20501 data1.bz2; } > bad.bz2
fails "$1" -t short.bz2
fails "$1" -t bad.bz2
fails "$1" -dk bad.bz2
fails "$1" -t data
fails "$1" -k data
fails "$1" no_such_file
fails "$1" --no-such-option
"$1" --help
"$1" -dcf data1 | cmp - data1
SHELL
workload() { "${@:1:$#-1}" sh work.sh "${@: -1}" > /dev/null 2> messages || { cat messages; exit 1; }; }
compare "$1" "-D_FILE_OFFSET_BITS=64" ./*.c
