// Search in the names of functions and files and in the text of all sources.
import { element } from './dom.js';
import { linkTo } from './profile.js';

const MOST = 100;

export function findAll(profile, words) {
    const needle = words.toLowerCase();
    const found = [];
    for (const fn of profile.functions)
        if (fn.name.toLowerCase().includes(needle))
            found.push({ kind: 'function', text: fn.name, source: fn.source, line: fn.line });
    for (const source of profile.sources)
        if (source.shown.toLowerCase().includes(needle) && source.at.size)
            found.push({ kind: 'file', text: source.shown, source, line: Math.min(...source.functions.map((f) => f.line), source.lineCount ?? 1) || 1 });
    for (const source of profile.sources)
        for (let i = 0; i < source.lines.length && found.length < MOST; i++)
            if (source.lines[i].toLowerCase().includes(needle))
                found.push({ kind: 'line', text: source.lines[i].trim(), source, line: i + 1 });
    return found.slice(0, MOST);
}

export function setUpSearch(profile, go) {
    const input = document.getElementById('search');
    const list = document.getElementById('found');
    const close = () => { list.hidden = true; };
    function show() {
        const found = input.value ? findAll(profile, input.value) : [];
        list.hidden = !input.value;
        list.replaceChildren(...(found.length || !input.value ? found.map((hit) => element('li', {},
            element('a', { href: linkTo(hit.source, hit.line), onclick: close },
                element('span', { class: 'kind' }, hit.kind), element('span', { class: 'hit' }, hit.text),
                element('span', { class: 'place' }, `${hit.source.shown}:${hit.line}`)))) : [element('li', { class: 'none' }, 'Nothing found')]));
    }
    function move(event, links, step) {
        const next = links[links.indexOf(document.activeElement) + step];
        (next ?? input).focus();
        event.preventDefault();
    }
    input.addEventListener('input', show);
    document.querySelector('header').addEventListener('keydown', (event) => {
        const links = [...list.querySelectorAll('a')];
        if (list.hidden)
            return;
        if (event.key === 'Escape') {
            close();
            input.focus();
        } else if (event.key === 'ArrowDown')
            move(event, links, 1);
        else if (event.key === 'ArrowUp')
            move(event, links, -1);
        else if (event.key === 'Enter' && event.target === input && links.length) {
            close();
            go(links[0].getAttribute('href'));
        }
    });
    document.addEventListener('click', (event) => event.target.closest('header') || close());
}
