# speedscope: what we write is what the schema in its package admits, and its own page in a browser shows our names and
# weights. Skipped where npm cannot fetch the package.
. "$(dirname "$0")/common.sh"
modules=$KP_BUILD/npm-speedscope
if [ ! -e "$modules/node_modules/ajv" ]; then
  command -v npm > /dev/null && command -v node > /dev/null || { echo 'nodejs and npm are missing'; exit 77; }
  npm install --silent --no-fund --no-audit --prefix "$modules" speedscope@1.25.0 ajv@8 > out 2>&1 ||
    { tail -3 out; echo 'speedscope cannot be had'; exit 77; }
fi
release=$modules/node_modules/speedscope/dist/release
cat > check.js <<'JS'
const fs = require('fs'), path = require('path');
const Ajv = require(process.argv[2] + '/node_modules/ajv').default;
const release = process.argv[3];
const name = fs.readdirSync(release).find(file => file.startsWith('file-format-schema'));
const validate = new Ajv({strict: false}).compile(JSON.parse(fs.readFileSync(path.join(release, name))));
for (const file of process.argv.slice(4))
  if (!validate(JSON.parse(fs.readFileSync(file)))) {
    console.log(file, JSON.stringify(validate.errors, null, 1));
    process.exit(1);
  }
JS
check() { node check.js "$modules" "$release" "$@"; }
show() { node "$KP_TESTS/page/speedscope.mjs" "$release/index.html" "$1" > shown; }
"$KERNPROF" export --format speedscope -o t.speedscope.json t.lprof
check t.speedscope.json
sed 's/"weights"/"wrong"/' t.speedscope.json > wrong.json
if check wrong.json > /dev/null; then fail 'the check cannot fail'; fi
cp t.lprof hostile.lprof
sqlite3 hostile.lprof "UPDATE run SET timing = 'off'; UPDATE function SET name = 'a;b' || char(10) || '\"' WHERE name = 'leaf'"
"$KERNPROF" export --format speedscope -o hostile.speedscope.json hostile.lprof
check hostile.speedscope.json

. "$KP_TESTS/cli/page/common.sh"
show t.speedscope.json
[ "$(grep ^time shown)" = "time: 8.50s
time: leaf:5 total 4.00s (47%) own 4.00s (47%)
time: leaf:6 total 2.00s (24%) own 2.00s (24%)
time: outer:14 total 7.00s (82%) own 2.00s (24%)
time: main:21 total 1.25s (15%) own 250.00ms (2.9%)
time: main:20 total 7.25s (85%) own 250.00ms (2.9%)" ] || { cat shown; exit 1; }
sed -n 's/^hits: \(.*\) total .* own \([0-9]*\) .*/\1 \2/p' shown | sort > hits.shown
sqlite3 -separator ' ' t.lprof "SELECT function || ':' || line, hits FROM lines WHERE hits > 0" | sort > hits.ours
diff hits.ours hits.shown
# The whole program by function.
"$KERNPROF" cc -O1 -fno-inline -fkernprof-all t.c -o whole
"$KERNPROF" -q -o whole.prof ./whole
sqlite3 whole.prof "
UPDATE function SET total_ns = 3000000000, self_ns = 3000000000 WHERE name = 'leaf';
UPDATE function SET total_ns = 2500000000, self_ns = 500000000 WHERE name = 'outer';
UPDATE function SET total_ns = 4000000000, self_ns = 500000000 WHERE name = 'main';
UPDATE arc SET self_ns = 0, total_ns = CASE caller_line WHEN 20 THEN 2500000000 WHEN 14 THEN 2000000000 ELSE 1000000000 END"
"$KERNPROF" export --format speedscope -o whole.speedscope.json whole.prof
show whole.speedscope.json
[ "$(grep ^time shown | sort)" = "time: 4.00s
time: leaf:2 total 3.00s (75%) own 3.00s (75%)
time: main:18 total 500.00ms (13%) own 500.00ms (13%)
time: main:20 total 2.50s (63%) own 0.00ns (<0.01%)
time: main:21 total 1.00s (25%) own 0.00ns (<0.01%)
time: outer:10 total 500.00ms (13%) own 500.00ms (13%)
time: outer:14 total 2.00s (50%) own 0.00ns (<0.01%)" ] || { cat shown; exit 1; }
