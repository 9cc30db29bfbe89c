// Search in the names of functions and files and in the text of all sources.
import { element } from './dom.js';
import { linkTo } from './sources.js';

const MOST = 100;

// [{kind, text, href, place}] of what matches.
export function findAll(profile, words) {
    const needle = words.toLowerCase();
    const found = [];
    const add = (kind, text, source, line) =>
        found.push({ kind, text, href: linkTo(source, line), place: `${source.label}:${line}` });
    for (const fn of profile.functions)
        if (fn.name.toLowerCase().includes(needle))
            add('function', fn.name, fn.source, fn.line);
    for (const source of profile.sources)
        if (source.functions.length && source.path.toLowerCase().includes(needle))
            add('file', source.label, source, source.functions.reduce((least, fn) => Math.min(least, fn.line), Infinity));
    for (const source of profile.sources)
        for (let i = 0; i < source.lines.length && found.length < MOST; i++)
            if (source.lines[i].toLowerCase().includes(needle))
                add('line', source.lines[i].trim(), source, i + 1);
    return found.slice(0, MOST);
}

export function setUpSearch(find, go) {
    const input = document.getElementById('search');
    const list = document.getElementById('found');
    const close = () => { list.hidden = true; };
    function show() {
        const found = input.value ? find(input.value) : [];
        list.hidden = !input.value;
        list.replaceChildren(...(found.length || !input.value ? found.map((hit) => element('li', {},
            element('a', { href: hit.href, onclick: close },
                element('span', { class: 'kind' }, hit.kind), element('span', { class: 'hit' }, hit.text),
                element('span', { class: 'place' }, hit.place)))) : [element('li', { class: 'none' }, 'Nothing found')]));
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
