#!/usr/bin/env bash
# build.sh: builds the fuzzers with Clang's libFuzzer and sanitizers into build/fuzz.
set -euo pipefail
command -v clang-19 > /dev/null || exit 77
cd "$KP_TESTS/.."
launcher=()
command -v ccache > /dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
[ -e "$KP_BUILD/fuzz/build.ninja" ] || cmake --preset fuzz -B "$KP_BUILD/fuzz" "${launcher[@]}" > "$KP_BUILD/fuzz.log" 2>&1 ||
  { cat "$KP_BUILD/fuzz.log"; exit 1; }
cmake --build "$KP_BUILD/fuzz" -j2 --target fuzzers
