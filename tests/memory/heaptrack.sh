# Sourced: compare PROGRAM POOL UNSEEN_COUNT UNSEEN_BYTES ARG ... runs ./PROGRAM under memprof and under heaptrack, and compares number
# and bytes of allocations and number of frees. Every difference is known: heaptrack does not see memalign and pvalloc
# (UNSEEN); it brings libstdc++ into C programs, whose pool for exceptions is one allocation of POOL bytes, 72704, and at
# exit it frees that pool, in C++ programs as well.
# Of the recording: "a SIZE TRACE" is a kind of allocation, "+ KIND" one such, "- KIND" its end.
sums() {
  python3 -c '
import sys
sizes, count, size, frees = [], 0, 0, 0
for line in sys.stdin:
    word = line.split()
    if line.startswith("a "):
        sizes.append(int(word[1], 16))
    elif line.startswith("+ "):
        count += 1
        size += sizes[int(word[1], 16)]
    elif line.startswith("- "):
        frees += 1
print(count, size, frees)'
}
compare() {
  local program=$1 pool=$2 unseen=$3 unseen_bytes=$4
  shift 4
  memprof -q -o m.mprof "./$program" "$@" > /dev/null 2>&1 || true
  heaptrack -o "$program.ht" "./$program" "$@" > /dev/null 2>&1 || true
  local theirs ours
  theirs=$(zstdcat "$program.ht.zst" | sums)
  ours=$(sqlite3 -separator ' ' m.mprof "SELECT allocations + ($pool > 0) - $unseen, allocated_bytes + $pool - $unseen_bytes,
    frees + 1 - $unseen FROM memory_processes")
  [ "$ours" = "$theirs" ] || { echo "$program: $ours; heaptrack: $theirs"; exit 1; }
  echo "$program: $ours"
}
