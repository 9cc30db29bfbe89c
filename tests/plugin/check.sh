#!/usr/bin/env bash
# check.sh FILE: runs the plugin's first pass over a file of LLVM IR, and compares the counters that it inserts with the
# file's CHECK lines. A file chooses a function by the attribute "llvm.assume"="kernprof.option". Its metadata
# kernprof.calls.done says that the pass over calls has run, so that what is compared is the counters alone. Each block has a
# line of its own: a block whose lines another one tells of needs no count.
set -euo pipefail
plugin=$KP_BUILD/lib/kernprof/llvm-19/kernprof-plugin.so
for needed in "$plugin" "$(command -v clang-19)" "$(command -v FileCheck-19)"; do
  [ -e "$needed" ] || { echo "LLVM 19, its FileCheck or the plugin for it is missing"; exit 77; }
done
clang-19 -O0 -S -emit-llvm -g -Wno-override-module -fpass-plugin="$plugin" -x ir "$1" -o out.ll
FileCheck-19 --input-file=out.ll "$1"
