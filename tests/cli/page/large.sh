#!/bin/bash
# A source of 100,000 lines, each with code.
set -eu
. "$KP_TESTS/cli/page/common.sh"
echo 'int main(void) { return 0; }' > t.c
"$KERNPROF" cc -fkernprof-all -o t t.c
"$KERNPROF" -l -q -o t.lprof ./t
python3 - <<'P'
import sqlite3
open("big.c", "w").write("".join(f"    total += table[{i}] * weight; /* {i} */\n" for i in range(100000)))
db = sqlite3.connect("t.lprof")
import os
db.execute("UPDATE source SET path = ?, text = NULL, size = 0, checksum = 0", (os.path.abspath("big.c"),))
db.execute("UPDATE function SET line = 1, last_line = 100000")
function, source = db.execute("SELECT id, source FROM function").fetchone()
db.execute("DELETE FROM line")
db.executemany("INSERT INTO line (function, source, line, hits, time_ns, self_ns, error_ns, min_ns, max_ns) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0)",
               ((function, source, i + 1, i, 1000 * i, 1000 * i) for i in range(100000)))
db.commit()
P
"$KERNPROF" view --html t.html t.lprof
size=$(stat -c %s t.html)
"$KERNPROF" export --format csv t.lprof > t.csv
source=$(stat -c %s big.c)
data=$(stat -c %s t.csv)
[ $((2 * size)) -le $((3 * (source + data) + 1000000)) ] || { echo "the page has $size bytes, of source $source and data $data"; exit 1; }
node "$KP_TESTS/page/large.mjs" t.html 100000
