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

function profilePage(profile) {
    const hottest = profile.functions.reduce((best, fn) => (!best || fn.self_ns > best.self_ns ? fn : best), null);
    let view = null;

    function showSource(main, hash) {
        view ??= new SourceView(profile, go);
        const link = findLink(profile.sources, hash);
        main.replaceChildren(view.root);
        view.open(link?.source ?? hottest.source, link?.line ?? hottest.line);
        view.list.root.focus({ preventScroll: true });
    }

    const views = [
        { id: 'overview', title: 'Overview', there: true, make: overview },
        { id: 'source', title: 'Source', there: Boolean(hottest), show: showSource,
          address: () => (view?.source ? linkTo(view.source, view.line) : '#source') },
        { id: 'calls', title: 'Calls', there: profile.calls.length > 0, make: calls },
        { id: 'timers', title: 'Timers', there: profile.views.timers.length > 0, make: timers },
        { id: 'memory', title: 'Memory', there: profile.hasMemory || profile.views.memory_samples.length > 0, make: memory, themed: true },
    ];
    return {
        title: profile.name, keys: KEYS,
        views: views.filter((v) => v.there).map((v) => ({ show: (main) => main.replaceChildren(v.make(profile, go)), ...v })),
        find: (words) => findAll(profile, words),
        isLink: (hash) => Boolean(hottest && findLink(profile.sources, hash)),
        redraw: () => view?.source && view.drawMap(),
        beforePrint: () => view?.root.isConnected && view.print(),
        afterPrint: () => view?.list.print(null),
    };
}

const script = document.getElementById('profile');
const data = JSON.parse(script.textContent);
script.remove();
start(data.comparison ? comparisonPage(data) : profilePage(readProfile(data)));
