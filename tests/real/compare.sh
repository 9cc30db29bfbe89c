# Sourced: compare LEVEL FLAGS FILE... -- builds FILEs three times and runs the caller's `workload PROGRAM...` with each:
#   prog_a   clang's coverage and us in one binary: both count the very same run
#   prog_b   gcc's coverage
#   prog_c   us alone: what users build; coverage beside us must not be what makes the counts right
# In the current folder, which holds a copy of the sources. The names have the same length, as programs walk argv[0].
compare() {
  local level=$1 flags=$2
  shift 2
  local fixed=(setarch -R) ours=("$KERNPROF" -l -q --timing=off -o)
  $KERNPROF cc "-$level" $flags -fkernprof-all -fprofile-instr-generate -fcoverage-mapping -w -o ./prog_a "$@" -lm
  gcc -O0 $flags --coverage -w -o ./prog_b "$@" -lm
  $KERNPROF cc "-$level" $flags -fkernprof-all -w -o ./prog_c "$@" -lm
  LLVM_PROFILE_FILE="$PWD/llvm.%p.profraw" workload "${fixed[@]}" "${ours[@]}" "$PWD/ours.lprof" ./prog_a
  workload "${fixed[@]}" ./prog_b
  workload "${fixed[@]}" "${ours[@]}" "$PWD/alone.lprof" ./prog_c
  llvm-profdata-19 merge -o llvm.profdata llvm.*.profraw
  llvm-cov-19 export -format=lcov -instr-profile=llvm.profdata ./prog_a > llvm.info
  gcov --json-format --stdout ./*.gcda > gcc.json
  for build in ours alone; do
    $KERNPROF export --format csv $build.lprof > $build.csv
    $KERNPROF export --format csv --view functions $build.lprof > $build.functions.csv
  done
  python3 "$KP_TESTS/real/oracles.py" llvm.info gcc.json ours.csv alone.csv "$KP_TESTS/real/argued.txt"
}
