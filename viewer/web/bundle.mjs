// bundle.mjs OUT: index.html with styles and scripts in it. The only script that a browser may run in the page is this
// one: its hash stands in the page's Content-Security-Policy.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const result = await build({
    entryPoints: ['main.js'], bundle: true, minify: true, write: false, outdir: 'out', format: 'iife',
    target: ['chrome100', 'firefox100', 'safari15'], charset: 'utf8', legalComments: 'none',
});
const text = (end) => result.outputFiles.find((file) => file.path.endsWith(end)).text;
const script = text('.js').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
const hash = createHash('sha256').update(script).digest('base64');
const parts = { '/*style*/': text('.css'), '/*script*/': script, 'HASH': hash };
let page = readFileSync('index.html', 'utf8');
for (const [mark, part] of Object.entries(parts))
    page = page.replace(mark, () => part);
writeFileSync(process.argv[2], page);
