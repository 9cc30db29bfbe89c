// large.mjs PAGE LINES: a large source is on the screen at once, and only what is on the screen exists.
import { check, close, open } from './browser.mjs';

const [file, lines] = process.argv.slice(2);
const opened = await open(file, { hash: `#big.c:${lines}` });
await opened.page.waitForSelector(`.row.selected[data-line="${lines}"]`);
const ms = await opened.page.evaluate(() => performance.now());
console.log(`opened in ${Math.round(ms)} ms`);
check('all rows exist', await opened.page.locator('.virtual .row').count() < 300);
await close(opened);
