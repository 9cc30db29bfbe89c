# mprof: memory_profiler reads the samples, and draws them.
. "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import memory_profiler' 2> /dev/null || { echo 'python3-memory-profiler is missing'; exit 77; }
if "$KERNPROF" export --format mprof t.lprof > out 2> err; then fail 'samples out of nothing'; fi
[ "$(wc -l < err)" = 1 ] && grep -q 'no samples of memory' err && [ ! -s out ] || { cat err out; exit 1; }
sqlite3 t.lprof "INSERT INTO memory_sample (pid, time_ns, rss_bytes) VALUES (7, 1000000000, 1048576),
  (7, 1100000000, 5242880), (7, 1200000000, 2097152), (8, 1150000000, 3145728);
  INSERT INTO memory_mark VALUES (7, 'outer', 1000000000, 1200000000, 1048576, 2097152, 0)"
"$KERNPROF" export --format mprof -o t.dat t.lprof
python3-mprof peak t.dat > out
expect out '5.000 MiB' '3.000 MiB'
/usr/bin/python3 -c 'import matplotlib' 2> /dev/null || exit 0
MPLBACKEND=agg python3-mprof plot -o t.png t.dat > out 2>&1 || { cat out; exit 1; }
file=$(head -c 4 t.png | tail -c 3)
[ "$file" = PNG ] || fail 'no picture'
