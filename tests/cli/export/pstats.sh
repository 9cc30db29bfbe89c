# pstats: Python's own reader sorts it and shows callers; Stats.add of it with itself is what merge gives.
. "$(dirname "$0")/common.sh"
"$KERNPROF" export --format pstats -o t.pstats t.lprof
printf 'sort cumulative\nstats\ncallers leaf\ncallees main\nquit\n' | /usr/bin/python3 -m pstats t.pstats > out
expect out '16 function calls (10 primitive calls) in 8.500 seconds' 'Ordered by: cumulative time' \
  '1 0.500 0.500 8.500 8.500' '13/7 6.000 0.462 6.000 0.857' '6 5.000 5.000' '6/0 2.000 2.000' 't.c:18(main)'
"$KERNPROF" merge -o twice.lprof t.lprof t.lprof
"$KERNPROF" export --format pstats -o twice.pstats twice.lprof
/usr/bin/python3 - <<'PY'
import pstats
twice = pstats.Stats("twice.pstats")
added = pstats.Stats("t.pstats")
added.add("t.pstats")
assert added.stats == twice.stats, (added.stats, twice.stats)
assert len(twice.stats) == 3 and twice.total_calls == 32 and twice.prim_calls == 20 and twice.total_tt == 17.0
PY
# Numbers that need more than 31 bits.
sqlite3 t.lprof "UPDATE function SET calls = 123456789012345678, primitive_calls = 3000000000 WHERE name = 'leaf'"
"$KERNPROF" export --format pstats -o big.pstats t.lprof
/usr/bin/python3 -c "
import pstats
cc, nc, tt, ct, callers = next(v for k, v in pstats.Stats('big.pstats').stats.items() if k[2] == 'leaf')
assert (cc, nc) == (3000000000, 123456789012345678), (cc, nc)"
# Versions of a function that stay apart in a merge are one in pstats, as they are for Stats.add.
cp t.lprof other.lprof
sqlite3 other.lprof "UPDATE source SET text = NULL, checksum = 12345; UPDATE function SET calls = 5, primitive_calls = 5 WHERE name = 'leaf'"
sqlite3 t.lprof "UPDATE function SET calls = 13, primitive_calls = 7 WHERE name = 'leaf'"
"$KERNPROF" merge -o apart.lprof t.lprof other.lprof 2> err
grep -q 'stay apart' err || { cat err; exit 1; }
"$KERNPROF" export --format pstats -o apart.pstats apart.lprof
"$KERNPROF" export --format pstats -o t.pstats t.lprof
"$KERNPROF" export --format pstats -o other.pstats other.lprof
/usr/bin/python3 -c "
import pstats
assert pstats.Stats('t.pstats', 'other.pstats').stats == pstats.Stats('apart.pstats').stats"
