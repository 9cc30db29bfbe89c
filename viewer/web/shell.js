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
class Shell {
    constructor(app) {
        this.app = app;
        this.shown = null;
        this.onScreen = 'light'; // the theme, while the page is printed
        this.dialog = keysDialog([...app.keys, ...KEYS]);
        this.tabs = app.views.map((view) => button(view.title, () => go(view.address?.() ?? `#${view.id}`),
            { role: 'tab', id: `tab-${view.id}`, 'aria-controls': 'main' }));
    }

    fillHead() {
        const { title } = this.app;
        document.title = `${title} – kernprof`;
        document.getElementById('title').textContent = title;
        document.getElementById('title').title = title;
        document.getElementById('tabs').append(...this.tabs);
    }

    listen() {
        document.getElementById('theme').addEventListener('click', () => this.toggleTheme());
        document.getElementById('help').addEventListener('click', () => this.dialog.showModal());
        document.getElementById('skip').addEventListener('click', (event) => {
            event.preventDefault();
            main.focus();
        });
        document.addEventListener('keydown', (event) => this.key(event));
        addEventListener('hashchange', () => this.route());
        addEventListener('beforeprint', () => this.beforePrint());
        addEventListener('afterprint', () => this.afterPrint());
    }

    route() {
        const { app, tabs } = this;
        const wanted = app.isLink(location.hash) ? 'source' : location.hash.slice(1);
        const view = app.views.find((v) => v.id === wanted) ?? app.views[0];
        tabs.forEach((tab, i) => {
            tab.setAttribute('aria-selected', String(app.views[i] === view));
            tab.tabIndex = app.views[i] === view ? 0 : -1;
        });
        main.className = `view-${view.id}`;
        main.setAttribute('aria-labelledby', `tab-${view.id}`);
        view.show(main, location.hash);
        this.shown = view;
        if (view.id !== 'source')
            main.scrollTo(0, 0);
    }

    setTheme(theme) {
        document.documentElement.dataset.theme = theme;
        const other = theme === 'dark' ? 'Light' : 'Dark';
        const toggle = document.getElementById('theme');
        toggle.textContent = other;
        toggle.setAttribute('aria-label', `${other} colours`);
        this.app.redraw();
        if (this.shown?.themed) // it drew with the other theme's colours
            this.shown.show(main, location.hash);
    }

    toggleTheme() {
        this.setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
    }

    // Paper is light.
    beforePrint() {
        this.onScreen = document.documentElement.dataset.theme;
        this.setTheme('light');
        this.app.beforePrint();
    }

    afterPrint() {
        this.setTheme(this.onScreen);
        this.app.afterPrint();
    }

    stepTabs(from, step) {
        const next = this.tabs[(this.tabs.indexOf(from) + step + this.tabs.length) % this.tabs.length];
        next.click();
        next.focus();
    }

    // What the key does; undefined: nothing.
    actionOf(event) {
        const search = document.getElementById('search');
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step && event.target.closest('#tabs'))
            return () => this.stepTabs(event.target, step);
        const tab = this.tabs[Number(event.key) - 1];
        if (tab)
            return () => tab.click();
        return {
            '/': () => {
                search.focus();
                search.select();
            },
            '?': () => this.dialog.showModal(),
            t: () => this.toggleTheme(),
        }[event.key];
    }

    key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea'))
            return;
        const action = this.actionOf(event);
        if (!action)
            return;
        action();
        event.preventDefault();
    }
}

export function start(app) {
    const shell = new Shell(app);
    shell.fillHead();
    shell.listen();
    shell.setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    setUpSearch(app.find, go);
    shell.route();
    document.documentElement.dataset.ready = 'yes';
}
