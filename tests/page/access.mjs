// access.mjs PAGE: in both themes every text has a contrast of at least 4.5 to what is behind it (WCAG 2, AA), and what
// can be clicked, focused or looked at has a name.
import { check, close, open } from './browser.mjs';

// Runs in the page: texts of too little contrast, elements without a name.
function findTrouble() {
    const channels = (text) => {
        const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
        return [r, g, b, a];
    };
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const over = (front, back) => front.slice(0, 3).map((c, i) => c * front[3] + back[i] * (1 - front[3]));
    const behind = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            layers.push(channels(getComputedStyle(at).backgroundColor));
            if (layers.at(-1)[3] === 1)
                break;
        }
        return layers.reduceRight((back, layer) => over(layer, back), [255, 255, 255]);
    };
    const contrast = (element) => {
        const front = luminance(over(channels(getComputedStyle(element).color), behind(element)));
        const back = luminance(behind(element));
        return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    };
    const seen = (element) => {
        const box = element.getBoundingClientRect();
        return element.checkVisibility() && box.width > 1 && box.right > 0 && !element.closest('[aria-hidden="true"], svg');
    };
    const hasText = (element) => !element.matches(':disabled')
        && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const needsName = (element) => element.matches('a, button, input, select, [tabindex="0"], [role="table"], canvas, svg');
    const named = (element) => [element.getAttribute('aria-label'), element.textContent, element.title,
        ...[...element.labels ?? []].map((label) => label.textContent)].some((text) => text?.trim());
    const all = [...document.querySelectorAll('body *')].filter(seen);
    return [...all.filter(hasText).map((element) => [contrast(element), element]).filter(([ratio]) => ratio < 4.5)
        .map(([ratio, element]) => `${ratio.toFixed(1)}: ${element.tagName}.${element.className} "${element.textContent.slice(0, 30)}"`),
    ...all.filter(needsName).filter((element) => !named(element)).map((element) => `no name: ${element.outerHTML.slice(0, 80)}`)];
}

const opened = await open(process.argv[2]);
const { page } = opened;
for (let theme = 0; theme < 2; theme++) {
    for (const tab of await page.locator('[role="tab"]').all()) {
        await tab.click();
        await page.waitForSelector(`main[aria-labelledby="${await tab.getAttribute('id')}"]`);
        const trouble = [...new Set(await page.evaluate(findTrouble))];
        check(`${await tab.textContent()}: ${trouble.join('\n')}`, trouble.length === 0);
    }
    check('a button is reached by Tab', await page.locator('#theme').evaluate((button) => button.tabIndex === 0));
    await page.click('#theme');
}
await page.evaluate(() => {
    const pale = document.createElement('p');
    pale.style.color = '#999';
    pale.textContent = 'pale';
    document.querySelector('main').append(pale, document.createElement('button'));
});
check('a pale text and a button without a name are found', (await page.evaluate(findTrouble)).length === 2);
await close(opened);
