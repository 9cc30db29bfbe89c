// What every page has around its views: tabs, search, theme, keys, the address.
import { button, element } from './dom.js';
import { setUpSearch } from './search.js';

const KEYS = [['1 … 5', 'the views'], ['/', 'search; arrows and Enter choose'], ['t', 'dark or light'], ['?', 'this']];

const main = document.getElementById('main');

export function go(hash) {
    if (location.hash === hash)
        dispatchEvent(new HashChangeEvent('hashchange'));
    else
        location.hash = hash;
}

function keysDialog(keys) {
    const dialog = document.getElementById('keys');
    dialog.append(element('h2', {}, 'Keys'),
        element('dl', {}, ...keys.flatMap(([key, what]) => [element('dt', {}, key), element('dd', {}, what)])),
        element('p', {}, 'The address of a selected line, …#file:line, can be shared.'), button('Close', () => dialog.close()));
    return dialog;
}

// `app`: {title, keys, views, find(words), isLink(hash), redraw(), beforePrint(), afterPrint()}. A view is {id, title,
// show(main, hash), address(), themed}, address being where its tab leads if not to #id; the one called 'source' shows what
// addresses of lines mean.
export function start(app) {
    const tabs = app.views.map((view) => button(view.title, () => go(view.address?.() ?? `#${view.id}`),
        { role: 'tab', id: `tab-${view.id}`, 'aria-controls': 'main' }));

    let shown = null;
    let onScreen = 'light';

    function route() {
        const wanted = app.isLink(location.hash) ? 'source' : location.hash.slice(1);
        const view = app.views.find((v) => v.id === wanted) ?? app.views[0];
        tabs.forEach((tab, i) => {
            tab.setAttribute('aria-selected', String(app.views[i] === view));
            tab.tabIndex = app.views[i] === view ? 0 : -1;
        });
        main.className = `view-${view.id}`;
        main.setAttribute('aria-labelledby', `tab-${view.id}`);
        view.show(main, location.hash);
        shown = view;
        if (view.id !== 'source')
            main.scrollTo(0, 0);
    }

    function setTheme(theme) {
        document.documentElement.dataset.theme = theme;
        const other = theme === 'dark' ? 'Light' : 'Dark';
        const toggle = document.getElementById('theme');
        toggle.textContent = other;
        toggle.setAttribute('aria-label', `${other} colours`);
        app.redraw();
        if (shown?.themed) // it drew with the other theme's colours
            shown.show(main, location.hash);
    }

    function toggleTheme() {
        setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
    }

    function key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea'))
            return;
        const search = document.getElementById('search');
        const step = event.target.closest('#tabs') ? { ArrowRight: 1, ArrowLeft: -1 }[event.key] : undefined;
        if (step) {
            const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
            next.click();
            next.focus();
        } else if (event.key === '/') {
            search.focus();
            search.select();
        } else if (event.key === '?')
            dialog.showModal();
        else if (event.key === 't')
            toggleTheme();
        else if (tabs[Number(event.key) - 1])
            tabs[Number(event.key) - 1].click();
        else
            return;
        event.preventDefault();
    }

    const dialog = keysDialog([...app.keys, ...KEYS]);
    document.title = `${app.title} – kernprof`;
    document.getElementById('title').textContent = app.title;
    document.getElementById('title').title = app.title;
    document.getElementById('tabs').append(...tabs);
    document.getElementById('theme').addEventListener('click', toggleTheme);
    document.getElementById('help').addEventListener('click', () => dialog.showModal());
    document.getElementById('skip').addEventListener('click', (event) => {
        event.preventDefault();
        main.focus();
    });
    document.addEventListener('keydown', key);
    addEventListener('hashchange', route);
    // Paper is light.
    addEventListener('beforeprint', () => {
        onScreen = document.documentElement.dataset.theme;
        setTheme('light');
        app.beforePrint();
    });
    addEventListener('afterprint', () => {
        setTheme(onScreen);
        app.afterPrint();
    });
    setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    setUpSearch(app.find, go);
    route();
    document.documentElement.dataset.ready = 'yes';
}
