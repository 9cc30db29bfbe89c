// speedscope.mjs PAGE FILE: opens FILE in speedscope's own page, as its Browse button does, and prints what it shows: each
// profile's name and weight, and each of its functions' total and own weight.
import { close, open } from './browser.mjs';

const [, , program, file] = process.argv;
const opened = await open(program, { ready: 'input[type=file]' });
const { page } = opened;
await page.locator('input[type=file]').setInputFiles(file);
await page.getByText('Sandwich').waitFor();
const cells = async (table) => {
    const rows = await table.locator('tr:has(td)').all();
    return Promise.all(rows.map(async (row) => (await row.locator('td').allTextContents()).map((text) => text.trim())));
};
const profiles = await cells(page.locator('table', { hasText: 'Total Weight' }));
await page.keyboard.press('3'); // the tab Sandwich
for (const [number, name, weight] of profiles) {
    await page.getByText(`${name} (${number}/${profiles.length})`, { exact: true }).waitFor();
    console.log(`${name}: ${weight}`);
    for (const [total, own, symbol] of await cells(page.locator('table:not(:has-text("Total Weight"))')))
        console.log(`${name}: ${symbol} total ${total} own ${own}`);
    await page.keyboard.press('n'); // the next profile
}
await close(opened);
