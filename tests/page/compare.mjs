// compare.mjs PAGE JSON: the page shows side by side what `kernprof diff --format json` says; a line that moved is one row;
// search, links, keys, both themes, a narrow screen and the printer.
import { readFileSync } from 'node:fs';
import { check, checkPrint, close, open } from './browser.mjs';

const [file, json] = process.argv.slice(2);
const diff = JSON.parse(readFileSync(json, 'utf8'));
const opened = await open(file);
const { page } = opened;
const micros = (ns) => (ns / 1000).toFixed(1);

const rows = await page.locator('table tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
check('functions by their change', JSON.stringify(rows.map((row) => row[0].replace(/ \(was .*/, ''))) === JSON.stringify(diff.functions.map((fn) => fn.function)));
rows.forEach(([, verdict, old, young], i) => {
    const fn = diff.functions[i];
    check(`verdict of ${fn.function}: ${verdict}`, verdict.endsWith(fn.verdict));
    check(`times of ${fn.function}: ${old} ${young}`, old === micros(fn.old_ns) && young === micros(fn.new_ns));
});

await page.click('#tab-source');
await page.locator('text=Functions without a change').check();
const cells = () => page.locator('.virtual-canvas .row:not(.function-row)').evaluateAll((all) => all.map((row) => ({
    old: row.dataset.old, new: row.dataset.new, class: row.className,
    texts: Object.fromEntries([...row.querySelectorAll('[data-column]')].map((cell) => [cell.dataset.column, cell.textContent])),
    sources: [...row.querySelectorAll('.text')].map((cell) => cell.textContent),
})));
const shown = await cells();
const same = (number, other) => Number(number ?? 0) === (other ?? 0);

function checkNumbers(row, line) {
    const time = (hits, ns) => (hits === null ? '' : micros(ns));
    check(`hits of ${line.new_line}`, row.texts.old_hits === String(line.old_hits ?? '') && row.texts.new_hits === String(line.new_hits ?? ''));
    check(`old time of ${line.new_line}`, row.texts.old_time === time(line.old_hits, line.old_ns));
    check(`new time of ${line.new_line}`, row.texts.new_time === time(line.new_hits, line.new_ns));
    check(`change of ${line.new_line}: ${row.texts.change}`, Number(row.texts.change) === Number(micros(line.change_ns)));
}

function checkLine(line) {
    const row = shown.find((r) => same(r.old, line.old_line) && same(r.new, line.new_line));
    check(`no row of ${line.old_line} ${line.new_line}`, row);
    checkNumbers(row, line);
    check(`verdict of ${line.new_line}`, row.class.includes(line.verdict));
    check(`text of ${line.new_line}`, row.sources[line.new_line ? 1 : 0].trim() === line.text.trim());
}

const compared = diff.functions.flatMap((fn) => fn.lines);
compared.forEach(checkLine);
check('lines were compared', compared.length > 12);
check('moved lines without code are one row', shown.some((row) => row.old && row.new && row.sources[0] === '{' && row.sources[1] === '{' && !row.texts.change));
check('what an edit changed is marked', await page.locator('mark', { hasText: '* i' }).count() === 1);

await page.evaluate(() => { location.hash = '#new.c:19'; });
await page.waitForSelector('.row.selected[data-new="19"]');
check('the line is slower', await page.locator('.row.selected.slower .mark').textContent() === '+~');
await page.evaluate(() => { location.hash = '#old:old.c:21'; });
await page.waitForSelector('.row.selected.removed[data-old="21"]');
await page.locator('.virtual').press('Home');
await page.locator('.virtual').press('n');
await page.waitForSelector('.row.selected[data-new="17"]');
await page.locator('.virtual').press(']');
await page.waitForSelector('.function-row.selected[data-function="renamed"]');
await page.fill('#search', 'i * i');
await page.press('#search', 'Enter');
await page.waitForSelector('.row.selected[data-new="19"]');
await page.locator('details summary').click();
await page.locator('input[data-column="hits"]').uncheck();
check('a column can be left out', await page.locator('.virtual [data-column="old_hits"]').count() === 0);
await page.click('#theme');
check('dark', await page.evaluate(() => document.documentElement.dataset.theme) === 'dark');
check('all rows are printed', await checkPrint(page) >= shown.length);
await close(opened);

const narrow = await open(file, { width: 400, hash: '#new.c:19' });
check('a narrow screen scrolls sideways', await narrow.page.evaluate(() => document.documentElement.scrollWidth) <= 400);
check('both versions of a line', await narrow.page.locator('.row.slower').count() === 2);
await close(narrow);
