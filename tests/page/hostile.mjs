// hostile.mjs PAGE: names and sources that would be scripts are shown as text.
import { check, close, open } from './browser.mjs';

const opened = await open(process.argv[2]);
const { page } = opened;
for (const tab of await page.locator('[role="tab"]').all()) {
    await tab.click();
    check('something of the profile was taken for HTML', await page.evaluate(() =>
        !window.ran && !document.querySelector('main img, main script, main iframe, main svg svg')));
}
await page.click('#tab-source');
await page.waitForSelector('main.view-source .row');
for (const all of await page.getByLabel('Functions without a change').all()) // of a comparison
    await all.check();
const text = await page.locator('main').textContent();
check('the name is not shown as it is', text.includes('<img src=x onerror=ran=1>'));
check('the source is not shown as it is', text.includes('</script><script>ran=1</script>'));
await page.fill('#search', '<script>');
check('it cannot be searched for', await page.locator('#found a').count() > 0);
await close(opened);
