# diff: lines that moved, were edited, came or went; functions that moved, were renamed or are gone.
. "$(dirname "$0")/common.sh"
make old
make new
[ "$(status old.lprof new.lprof)" = 0 ] || { cat err; exit 1; }
expect out 'Total: 0.2 s -> 0.138 s (-31.0 %): faster' 'Noise: unknown with one run on each side' \
  'Function: moved at new.c:14, was in old.c, was at line 3' 'Time: 0.051 s -> 0.111 s (+117.6 %): slower' \
  '+~ 7 19 5 6 40000.0 80000.0 40000.0 +100.0 s += i * i;' '> 17 1 20000.0 20000.0 new n += 1;' \
  'Function: renamed at new.c:4, was named, was in old.c, was at line 10' \
  '-~ 14 8 2 2 44000.0 22000.0 -22000.0 -50.0 product *= i;' \
  'Function: gone at old.c:19' 'Time: 0.1 s -> 0 s (-100.0 %): removed'
if grep -q 'int s = 0' out; then fail 'a line without a change'; fi
"$KERNPROF" diff --all old.lprof new.lprof > out
expect out '5 16 1 1 1000.0 1000.0 0.0 +0.0 int s = 0; // 1'
"$KERNPROF" diff --format json -o out.json old.lprof new.lprof
/usr/bin/python3 - <<'PY'
import json
diff = json.load(open("out.json"))
functions = {f["function"]: f for f in diff["functions"]}
verdicts = [(f["function"], f["verdict"]) for f in diff["functions"] if f["verdict"] != "same"]
assert verdicts == [("moved", "slower"), ("renamed", "faster"), ("gone", "removed")], verdicts
moved = functions["moved"]
assert (moved["old_line"], moved["new_line"], moved["change_ns"]) == (3, 14, 60e6)
line = next(l for l in moved["lines"] if l["new_line"] == 19)
assert line["old_line"] == 7 and line["edited"] and line["verdict"] == "slower" and line["percent"] == 100
assert (line["old_hits"], line["new_hits"], line["text"]) == (5, 6, "        s += i * i; // 80"), line
assert functions["renamed"]["old_function"] == "named" and functions["gone"]["new_file"] is None
assert diff["total"]["old_ns"] == 200e6 and not diff["noise_known"]
PY
