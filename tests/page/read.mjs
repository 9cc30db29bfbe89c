// read.mjs PAGE CSV: the page shows the numbers of the CSV, sorts, searches, follows calls and prints, in both themes
// and on a narrow screen.
import { readFileSync } from 'node:fs';
import { check, checkPrint, close, open } from './browser.mjs';

const [file, csv] = process.argv.slice(2);
const rows = readFileSync(csv, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
const opened = await open(file);
const { page } = opened;
const cell = (line, column) => page.locator(`.virtual [data-line="${line}"] [data-column="${column}"]`).textContent();

check('no function is on the overview', await page.locator('table >> text=sweep').count() > 0);
for (const [path, line, , hits, time] of rows) {
    await page.evaluate((hash) => { location.hash = hash; }, `#${path.split('/').at(-1)}:${line}`);
    await page.waitForSelector(`.row.selected[data-line="${line}"]`);
    check(`hits of line ${line}`, await cell(line, 'hits') === hits);
    const shown = await cell(line, 'time');
    check(`time of line ${line}: ${shown}`, hits === '0' ? shown === '' : Math.abs(Number(shown) - time / 1000) <= 0.051);
}

await page.click('[data-sort="hits"]');
const most = Math.max(...rows.map((row) => Number(row[3])));
check('the unit of times by the source', await page.locator('.code-bar', { hasText: 'Times in µs' }).isVisible());
check('a bar is of something', (await page.locator('.virtual .row').evaluateAll((all) => all.map((row) =>
    Boolean(row.querySelector('.bar')) === !['', '0.0'].includes(row.querySelector('[data-column="percent"]')?.textContent ?? '')))).every(Boolean));
check('sorted by hits', await page.locator('.virtual .row [data-column="hits"]').first().textContent() === String(most));
await page.click('[data-sort="line"]');

await page.keyboard.press('Escape');
await page.locator('#search').fill('sweep(matrix');
check('the search finds a line', await page.locator('#found a').count() > 0);
await page.keyboard.press('Enter');
await page.waitForFunction(() => document.querySelector('.selected a.callee'));
const before = await page.evaluate(() => location.hash);
await page.click('.selected a.callee');
await page.waitForFunction((old) => location.hash !== old && document.querySelector('.selected a.caller'), before);
await page.locator('.virtual').press('Enter');
await page.waitForFunction(() => document.querySelector('.selected a.callee'));

await page.locator('details summary').click();
await page.locator('[data-column="self"]').first().check();
check('a chosen column is shown', await page.locator('[data-sort="self"]').count() === 1);

await page.keyboard.press('Escape');
await page.click('#tab-calls');
await page.waitForSelector('main.view-calls');
check('flame graph', await page.locator('.d3-flame-graph-label', { hasText: 'sweep' }).count() > 0);
check('call graph', await page.locator('.graph .node', { hasText: 'sweep' }).count() === 1);
check('own and total time of a function in the call graph', await page.locator('.graph .node', { hasText: /^sweep.*own [0-9.]+ %, total [0-9.]+ [mµ]?s/ }).count() === 1);
check('calls and their time in the call graph', await page.locator('.graph .edge', { hasText: /^[0-9]+×, [0-9.]+ [mµ]?s$/ }).count() > 0);
check('the unit of times by the calls', await page.locator('main .unit', { hasText: 'microseconds' }).count() === 1);
await page.click('#theme');
check('dark', await page.evaluate(() => document.documentElement.dataset.theme) === 'dark');
await page.click('#tab-source');
check('the whole source is printed', await checkPrint(page) > 200);
await close(opened);

const narrow = await open(file, { width: 400, hash: '#source' });
const height = () => narrow.page.locator('header').evaluate((header) => header.offsetHeight);
const heights = [];
for (const tab of await narrow.page.locator('[role="tab"]').all()) {
    await tab.click();
    heights.push(await height());
}
check(`the head is as high on each tab: ${heights}`, new Set(heights).size === 1);
await narrow.page.click('#tab-source');
check('a narrow screen scrolls sideways', await narrow.page.evaluate(() => document.documentElement.scrollWidth) <= 400);
await close(narrow);
