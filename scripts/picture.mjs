// picture.mjs PAGE HASH OUT.png WIDTH HEIGHT: a page as Chromium shows it. For scripts/pictures.
import { close, open } from '../tests/page/browser.mjs';

const [file, hash, out, width, height] = process.argv.slice(2);
const opened = await open(file, { hash, width: Number(width), height: Number(height) });
await opened.page.locator('#title').click();
await opened.page.evaluate(() => document.activeElement?.blur());
for (const hits of await opened.page.locator('.compare input[data-column="hits"]').all()) // leaves more room for the sources
    await hits.evaluate((box) => box.click());
await opened.page.waitForTimeout(500); // until the source is highlighted
await opened.page.screenshot({ path: out });
await close(opened);
