# Perf events measure as much as was used, in threads and children as well, before and after sampling slows down.
set -eu
. "$KP_TESTS/cli/times/common.sh"
"$KERNPROF" doctor | grep -q '^ok *perf events' || exit 77
export KERNPROF_SAMPLER=perf
kinds_program 100
check_kinds perf 100 60 one threads fork exec vfork kill
kinds_program 900
check_kinds perf 900 60 one threads fork exec vfork kill
