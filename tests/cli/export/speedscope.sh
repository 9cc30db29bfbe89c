# speedscope: what we write is what the schema in its package admits. Skipped where npm cannot fetch the package.
. "$(dirname "$0")/common.sh"
modules=$KP_BUILD/npm-speedscope
if [ ! -e "$modules/node_modules/ajv" ]; then
  command -v npm > /dev/null && command -v node > /dev/null || { echo 'nodejs and npm are missing'; exit 77; }
  npm install --silent --no-fund --no-audit --prefix "$modules" speedscope@1.25.0 ajv@8 > out 2>&1 ||
    { tail -3 out; echo 'speedscope cannot be had'; exit 77; }
fi
cat > check.js <<'JS'
const fs = require('fs'), path = require('path'), modules = process.argv[2] + '/node_modules';
const Ajv = require(modules + '/ajv').default;
const release = modules + '/speedscope/dist/release';
const name = fs.readdirSync(release).find(file => file.startsWith('file-format-schema'));
const validate = new Ajv({strict: false}).compile(JSON.parse(fs.readFileSync(path.join(release, name))));
for (const file of process.argv.slice(3))
  if (!validate(JSON.parse(fs.readFileSync(file)))) {
    console.log(file, JSON.stringify(validate.errors, null, 1));
    process.exit(1);
  }
JS
"$KERNPROF" export --format speedscope -o t.json t.lprof
sqlite3 t.lprof "UPDATE run SET timing = 'off'; UPDATE function SET name = 'a;b' || char(10) || '\"' WHERE name = 'leaf'"
"$KERNPROF" export --format speedscope -o hits.json t.lprof
node check.js "$modules" t.json hits.json
sed 's/"weights"/"wrong"/' t.json > wrong.json
if node check.js "$modules" wrong.json > /dev/null; then fail 'the check cannot fail'; fi
