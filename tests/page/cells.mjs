// cells.mjs PAGE FILE: prints as JSON what the page shows on each line of FILE, with all of its columns.
import { close, open } from './browser.mjs';

const [page_file, file] = process.argv.slice(2);
const opened = await open(page_file, { width: 2000, height: 1400, hash: `#${file}:1` });
const { page } = opened;
await page.waitForSelector('.row.selected[data-line="1"]');
await page.locator('details summary').click();
for (const box of await page.locator('input[data-column]').all())
    await box.check();
const rows = await page.locator('.virtual-canvas .row').evaluateAll((all) => all.map((row) => [row.dataset.line,
    Object.fromEntries([...row.querySelectorAll('[data-column]')].map((cell) => [cell.dataset.column, cell.textContent]))]));
console.log(JSON.stringify(Object.fromEntries(rows)));
await close(opened);
