// Opens a page in Debian's Chromium. `check(what, condition)` ends the test where the condition does not hold.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.KP_BUILD}/web/package.json`);
const { chromium } = require('playwright-core');

export function check(what, condition) {
    if (!condition)
        throw new Error(what);
}

// Every request to the network and every message of an error fails the test, and so does a dialog, which only a script
// in a profile would open. `ready`: what is there when the page has started.
export async function open(file, { width = 1280, height = 800, dark = false, hash = '', ready = 'html[data-ready]' } = {}) {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
    const page = await context.newPage();
    const trouble = [];
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
    page.on('request', (request) => request.url().startsWith('file:') || trouble.push(`asks for ${request.url()}`));
    page.on('dialog', (dialog) => {
        trouble.push('a dialog was opened');
        dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href + hash);
    await page.waitForSelector(ready, { state: 'attached' });
    return { browser, page, trouble };
}

// The page as it is printed: on light paper whatever the screen's theme is, nothing beyond its right edge, and then the
// screen as it was.
export async function checkPrint(page) {
    const theme = await page.evaluate(() => document.documentElement.dataset.theme);
    await page.setViewportSize({ width: 760, height: 1000 }); // A4 less its margins
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.evaluate(() => new Promise((frame) => { requestAnimationFrame(() => requestAnimationFrame(frame)); }));
    const printed = await page.evaluate(() => ({
        width: document.documentElement.scrollWidth, rows: document.querySelectorAll('.virtual-canvas .row').length,
        theme: document.documentElement.dataset.theme,
    }));
    check(`printed ${printed.width} wide`, printed.width <= 760);
    check(`printed ${printed.theme}`, printed.theme === 'light');
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    check('the theme is as it was', await page.evaluate(() => document.documentElement.dataset.theme) === theme);
    check('it can be printed', (await page.pdf()).length > 10000);
    return printed.rows;
}

export async function close({ browser, trouble }) {
    await browser.close();
    check(trouble.join('\n'), trouble.length === 0);
}
