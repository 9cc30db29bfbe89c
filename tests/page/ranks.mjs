// ranks.mjs RANKS MEMORY SAMPLES THREADS: the spread over ranks and threads, and pages of memory.
import { check, close, open } from './browser.mjs';

const [ranks, memory, samples, threads] = process.argv.slice(2);
const opened = await open(ranks);
const { page } = opened;
const table = page.locator('table', { has: page.locator('caption', { hasText: 'slowest rank takes longer' }) });
const rows = await table.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
check(`line 4 is first: ${rows[0]}`, rows[0].join(' ') === 't.c:4 uneven 0.0 1000.0 2000.0 1000.0 100.0 2');
check(`line 3 is even: ${rows[1]}`, rows[1].join(' ').startsWith('t.c:3 even 3000.0 3000.0 3000.0 0.0 0.0'));
await page.evaluate(() => { location.hash = '#t.c:4'; });
await page.waitForSelector('.row.selected[data-line="4"]');
check('columns of ranks are not shown unasked', await page.locator('[data-sort="imbalance"]').count() === 0);
await page.locator('details summary').click();
await page.locator('input[data-column="imbalance"]').check();
check('imbalance of line 4', await page.locator('[data-line="4"] [data-column="imbalance"]').textContent() === '100.0');
await close(opened);

const threaded = await open(threads);
const waiting = threaded.page.locator('table', { has: threaded.page.locator('caption', { hasText: 'slowest thread takes longer' }) });
const first = await waiting.locator('tbody tr').first().evaluate((row) => [...row.cells].map((cell) => cell.textContent).join(' '));
check(`line 3 by thread: ${first}`, first === 't.c:3 even 1000.0 1500.0 2000.0 500.0 33.3 2');
await threaded.page.evaluate(() => { location.hash = '#t.c:3'; });
await threaded.page.waitForSelector('.row.selected[data-line="3"]');
await threaded.page.locator('details summary').click();
for (const column of ['threads', 'threadhits'])
    await threaded.page.locator(`input[data-column="${column}"]`).check();
check('threads of line 3', await threaded.page.locator('[data-line="3"] [data-column="threads"]').textContent() === '2');
check('most hits of one', await threaded.page.locator('[data-line="3"] [data-column="threadhits"]').textContent() === '2');
await close(threaded);

const lines = await open(memory, { hash: '#t.c:3' });
await lines.page.waitForSelector('.row.selected[data-line="3"]');
check('allocated', await lines.page.locator('[data-line="3"] [data-column="allocated"]').textContent() === '1.0 MiB');
check('the line that allocates is hot', await lines.page.locator('.row.hot[data-line="3"]').count() === 1);
check('the function has all of it', await lines.page.locator('.functions a', { hasText: '100.0 %' }).first().textContent() === 'even100.0 %');
await close(lines);

const time = await open(samples, { dark: true, hash: '#memory' });
check('a plot', await time.page.locator('.uplot canvas').count() === 1);
check('its most in words', /^At most [\d.]+ MiB/.test(await time.page.locator('.plot + .unit').textContent()));
await time.page.click('#theme');
check('a plot in the other theme', await time.page.locator('.uplot canvas').count() === 1);
await close(time);
