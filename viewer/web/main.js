// The page: reads the profile, and shows the view that the address names.
import './style.css';
import { button, element } from './dom.js';
import { calls } from './calls.js';
import { memory } from './memory.js';
import { overview } from './overview.js';
import { findLink, linkTo, readProfile } from './profile.js';
import { setUpSearch } from './search.js';
import { SourceView } from './source.js';
import { timers } from './timers.js';

const KEYS = [
    ['1 … 5', 'the views'], ['/', 'search; arrows and Enter choose'], ['j k ↓ ↑ PgDn PgUp Home End', 'move in the source'],
    ['n N', 'next and previous hot line'], ['Enter', 'into the function that the line calls; on the first line of a function to its caller'],
    ['Backspace', 'back'], ['t', 'dark or light'], ['?', 'this'],
];

const profile = readProfile(document.getElementById('profile').textContent);
document.getElementById('profile').remove();
const main = document.getElementById('main');
const hottest = profile.functions.reduce((best, fn) => (!best || fn.self_ns > best.self_ns ? fn : best), null);
let sourceView = null;

function go(hash) {
    if (location.hash === hash)
        route();
    else
        location.hash = hash;
}

function source(hash) {
    sourceView ??= new SourceView(profile, go);
    const link = findLink(profile, hash);
    main.replaceChildren(sourceView.root);
    sourceView.open(link?.source ?? hottest.source, link?.line ?? hottest.line);
    sourceView.list.root.focus({ preventScroll: true });
}

const VIEWS = [
    { id: 'overview', title: 'Overview', there: true, show: () => main.replaceChildren(overview(profile)) },
    { id: 'source', title: 'Source', there: Boolean(hottest), show: source },
    { id: 'calls', title: 'Calls', there: profile.calls.length > 0, show: () => main.replaceChildren(calls(profile, go)) },
    { id: 'timers', title: 'Timers', there: profile.views.timers.length > 0, show: () => main.replaceChildren(timers(profile)) },
    { id: 'memory', title: 'Memory', there: profile.hasMemory || profile.views.memory_samples.length > 0, show: () => main.replaceChildren(memory(profile)) },
].filter((view) => view.there);

const tabs = VIEWS.map((view) => button(view.title, () => go(view.id === 'source' && sourceView?.source
    ? linkTo(sourceView.source, sourceView.line) : `#${view.id}`), { role: 'tab', id: `tab-${view.id}`, 'aria-controls': 'main' }));

function route() {
    const link = findLink(profile, location.hash);
    const view = VIEWS.find((v) => `#${v.id}` === location.hash) ?? VIEWS.find((v) => v.id === (link ? 'source' : 'overview'));
    tabs.forEach((tab, i) => tab.setAttribute('aria-selected', String(VIEWS[i] === view)));
    main.className = `view-${view.id}`;
    view.show(location.hash);
    if (view.id !== 'source')
        scrollTo(0, 0);
}

function setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    const other = theme === 'dark' ? 'Light' : 'Dark';
    const toggle = document.getElementById('theme');
    toggle.textContent = other;
    toggle.setAttribute('aria-label', `${other} colours`);
    if (sourceView?.source)
        sourceView.drawMap();
}

function toggleTheme() {
    setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
}

function showKeys() {
    const dialog = document.getElementById('keys');
    if (!dialog.firstChild)
        dialog.append(element('h2', {}, 'Keys'), element('dl', {}, ...KEYS.flatMap(([key, what]) => [element('dt', {}, key), element('dd', {}, what)])),
            element('p', {}, 'The address of a selected line, …#file:line, can be shared.'), button('Close', () => dialog.close()));
    dialog.showModal();
}

function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea'))
        return;
    if (event.key === '/') {
        document.getElementById('search').focus();
        document.getElementById('search').select();
    } else if (event.key === '?')
        showKeys();
    else if (event.key === 't')
        toggleTheme();
    else if (tabs[Number(event.key) - 1])
        tabs[Number(event.key) - 1].click();
    else
        return;
    event.preventDefault();
}

document.title = `${profile.name} – kernprof`;
document.getElementById('title').textContent = profile.name;
document.getElementById('tabs').append(...tabs);
document.getElementById('theme').addEventListener('click', toggleTheme);
document.getElementById('help').addEventListener('click', showKeys);
document.getElementById('skip').addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
});
document.addEventListener('keydown', key);
addEventListener('hashchange', route);
addEventListener('beforeprint', () => main.contains(sourceView?.root) && sourceView.print());
addEventListener('afterprint', () => sourceView?.list.refresh());
setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
setUpSearch(profile, go);
route();
document.documentElement.dataset.ready = 'yes';
