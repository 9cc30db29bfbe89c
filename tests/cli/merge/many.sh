# merge: the sums and the spread of many profiles of many lines (bench/merge measures time and memory of 1,000).
set -eu
"$(dirname "$KP_TESTS")/bench/merge" 12 > out || { cat out; exit 1; }
grep -q '^ *12 ' out
