# Mode exact: the line that calls a profiled function full of short lines has the time that the call took, which the program
# says itself; so have the function's own lines together; hits stay exact. At each level, in C, with and without samples.
set -eu
. "$KP_TESTS/cli/times/common.sh"
source=$KP_TESTS/../bench/programs/exact.c
sed '/); \/\* [a-z]* \*\/$/s/0)/)/' "$source" > t.c # a tenth of the work
line() { grep -n "); /\* $1 \*/" t.c | cut -d: -f1; }
query() { sqlite3 t.lprof "$1"; }
check() { # NAME FUNCTION: within a twentieth and 0.2 ms
  local said listed number around
  said=$(awk -v name="$1" '$1 == name { print int($2 / 1000) }' said)
  number=$(line "$1")
  listed=$(total t.lprof "$number" t.c)
  # What the program says begins and ends in the lines beside, where it may have had to wait for a processor.
  around=$(($(total t.lprof $((number - 1)) t.c) + $(total t.lprof $((number + 1)) t.c)))
  at_least "$level $sampler: $1" $((listed + around)) $((said - said / 20 - 200))
  at_most "$level $sampler: $1" "$listed" $((said + said / 20 + 200))
  [ -z "${2-}" ] || expect "$level $sampler: lines of $2" "$(query "SELECT ABS(SUM(l.time_ns) - MAX(f.total_ns)) <= f.total_ns / 100 + 2000
    FROM lines l JOIN functions f USING (function) WHERE function = '$2'")" 1
}
for level in O0 O2 O3; do
  "$KERNPROF" cc -$level t.c -o t
  for sampler in '' none; do
    KERNPROF_SAMPLER=$sampler "$KERNPROF" -l -q --timing=exact -o t.lprof ./t > said
    check sleep
    for kernel in shifts divisions sums calls; do check $kernel $kernel; done
    n=$(sed -n 's/.* shifts(\([0-9]*\)).*/\1/p' t.c)
    expect "hits" "$(query "SELECT hits FROM lines WHERE line = $(grep -n 'x << 13' t.c | cut -d: -f1)")" "$n"
    calls=$(sed -n 's/.* calls(\([0-9]*\)).*/\1/p' t.c)
    expect "calls" "$(query "SELECT calls FROM functions WHERE function = 'step'")" "$calls"
    if [ -z "$sampler" ]; then # what is called takes no longer than the lines that call it, but for the first passes' timestamps
      expect "callee" "$(query "SELECT f.total_ns <= SUM(l.time_ns) * 1.01 FROM functions f JOIN lines l ON l.function = 'calls' WHERE f.function = 'step'")" 1
    fi
  done
done
