// The page: reads what the template was given, a profile or a comparison of two, and shows it.
import './style.css';
import { comparisonPage } from './compare.js';
import { calls } from './calls.js';
import { memory } from './memory.js';
import { overview } from './overview.js';
import { readProfile } from './profile.js';
import { findAll } from './search.js';
import { go, start } from './shell.js';
import { SourceView } from './source.js';
import { findLink, linkTo } from './sources.js';
import { timers } from './timers.js';

const KEYS = [
    ['j k ↓ ↑ PgDn PgUp Home End', 'move in the source'], ['n N', 'next and previous hot line'],
    ['Enter', 'into the function that the line calls; on the first line of a function to its caller'], ['Backspace', 'back'],
];

// The view of the source, made when it is first shown: {show(main, hash), address(), there, redraw(), ...}.
function sourceTab(profile) {
    const hottest = profile.functions.reduce((best, fn) => (!best || fn.self_ns > best.self_ns ? fn : best), null);
    let view = null;

    function show(main, hash) {
        view ??= new SourceView(profile, go);
        const link = findLink(profile.sources, hash) ?? hottest;
        main.replaceChildren(view.root);
        view.open(link.source, link.line);
        view.list.root.focus({ preventScroll: true });
    }

    return {
        there: Boolean(hottest), show, address: () => (view?.source ? linkTo(view.source, view.line) : '#source'),
        redraw: () => view?.source && view.drawMap(),
        beforePrint: () => view?.root.isConnected && view.print(),
        afterPrint: () => view?.list.print(null),
    };
}

function profilePage(profile) {
    const source = sourceTab(profile);
    const { timers: timed, memory_samples: samples } = profile.views;
    const views = [
        { id: 'overview', title: 'Overview', there: true, make: overview },
        { id: 'source', title: 'Source', there: source.there, show: source.show, address: source.address },
        { id: 'calls', title: 'Calls', there: profile.calls.length > 0, make: calls },
        { id: 'timers', title: 'Timers', there: timed.length > 0, make: timers },
        { id: 'memory', title: 'Memory', there: profile.hasMemory || samples.length > 0, make: memory, themed: true },
    ];
    return {
        title: profile.name, keys: KEYS,
        views: views.filter((v) => v.there).map((v) => ({ show: (main) => main.replaceChildren(v.make(profile, go)), ...v })),
        find: (words) => findAll(profile, words),
        isLink: (hash) => Boolean(source.there && findLink(profile.sources, hash)),
        redraw: source.redraw, beforePrint: source.beforePrint, afterPrint: source.afterPrint,
    };
}

const script = document.getElementById('profile');
const data = JSON.parse(script.textContent);
script.remove();
start(data.comparison ? comparisonPage(data) : profilePage(readProfile(data)));
