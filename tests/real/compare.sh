# Sourced: compare LEVEL NAME EXTRA_FLAGS FILES... -- then the caller's `workload PROGRAM` is run with each build.
# In the current folder, which holds a copy of the sources. Two builds do the very same work: one carries clang's coverage
# and us at once, the other is gcc's.
compare() {
  local level=$1 flags=$2
  shift 2
  local fixed="setarch -R"
  $KERNPROF cc "-$level" $flags -fkernprof-all -fprofile-instr-generate -fcoverage-mapping -w -o ./prog_a "$@" -lm
  rm -f ./*.gcda
  gcc -O0 $flags --coverage -w -o ./prog_b "$@" -lm
  LLVM_PROFILE_FILE=$PWD/llvm.profraw workload $fixed "$KERNPROF" -l -q --timing=off -o "$PWD/ours.lprof" ./prog_a
  workload $fixed ./prog_b
  llvm-profdata-19 merge -o llvm.profdata llvm.profraw
  llvm-cov-19 export -format=lcov -instr-profile=llvm.profdata ./prog_a > llvm.info
  gcov --json-format --stdout ./*.gcda > gcc.json
  $KERNPROF export --format csv ours.lprof > ours.csv
  python3 "$KP_TESTS/real/oracles.py" llvm.info gcc.json ours.csv "$KP_TESTS/real/argued.txt"
}
