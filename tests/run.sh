#!/usr/bin/env bash
# run.sh BIN SCRIPT [ARG ...]: runs a test script in a scratch folder of its own, with BIN first in PATH.
set -euo pipefail
export PATH="$1:$PATH" KERNPROF="$1/kernprof" KP_TESTS
KP_TESTS=$(cd "$(dirname "$0")" && pwd)
export KP_BUILD=${1%/bin}
export LSAN_OPTIONS=suppressions=$KP_TESTS/leaks.txt:print_suppressions=0 # for scripts/test --sanitize
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/work" "$scratch/tmp"
export TMPDIR="$scratch/tmp" # what a killed or failing kernprof leaves goes with the test
cd "$scratch/work"
bash "$@"
