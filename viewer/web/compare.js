// The page of two profiles: what viewer/page/page_compare.c wrote, an overview of it, and its source side by side.
import { CompareView } from './compare_source.js';
import { element, sortableTable } from './dom.js';
import { rowsOf } from './profile.js';
import { findLink, labelSources, linkTo, ORIGINS, readSources } from './sources.js';
import * as units from './units.js';
import { percentOf, verdictOf } from './verdicts.js';

const KEYS = [
    ['j k ↓ ↑ PgDn PgUp Home End', 'move in the source'], ['n N', 'next and previous changed line'],
    ['] [', 'next and previous function'], ['→ ← l h', 'see more of long lines'], ['Backspace', 'back'],
];
const OLD = '#old:';

// The address of a line: of the new side, or of the old one where that alone has it.
function addressOf(row) {
    if (row.new_line)
        return linkTo(row.new_source, row.new_line);
    return linkTo(row.old_source, row.old_line).replace('#', OLD);
}

// Did the line lose or gain anything? Lines without code came and went as well, but took no time.
function isChanged(row, leastNs) {
    if (!row.code)
        return false;
    if (row.verdict === 'slower' || row.verdict === 'faster')
        return true;
    return row.verdict !== 'same' && Math.abs(row.new_ns - row.old_ns) > leastNs;
}

// Rows and functions name their sources themselves instead of by number; `source(index, side)` finds them.
function readFunction(fn, source, leastNs) {
    for (const side of ['old', 'new'])
        if (fn[side])
            fn[side].source = source(fn[side].source, side);
    fn.shown = fn.new ?? fn.old;
    fn.lines = rowsOf(fn.lines);
    const events = { old: rowsOf(fn.old_events), new: rowsOf(fn.new_events) };
    for (const [i, row] of fn.lines.entries()) {
        row.events = { old: events.old[i], new: events.new[i] };
        for (const side of ['old', 'new'])
            row[`${side}_source`] = row[`${side}_line`] ? source(row[`${side}_source`], side) : null;
        row.fn = fn;
        row.code = row.noise_ns !== null;
        row.changed = isChanged(row, leastNs);
    }
    fn.changed = fn.verdict !== 'same' || fn.lines.some((row) => row.changed);
}

function readComparison(data) {
    readSources(data.sources);
    data.used = { old: new Set(), new: new Set() };
    const source = (index, side) => {
        data.used[side].add(data.sources[index]);
        return data.sources[index];
    };
    const leastNs = 0.01 * data.least_percent * Math.max(data.total.old_ns, data.total.new_ns);
    for (const fn of data.functions)
        readFunction(fn, source, leastNs);
    for (const side of ['old', 'new']) {
        data[side].runs = rowsOf(data[side].runs);
        labelSources([...data.used[side]]);
    }
    return data;
}

function warningsOf(data) {
    const warnings = [];
    if (!data.noise_known)
        warnings.push('Noise is unknown with one run on each side; merge several (kernprof merge).');
    for (const side of ['old', 'new']) {
        if (!data[side].timed)
            warnings.push(`No times were taken in the ${side} profile: hits alone.`);
        const killed = data[side].runs.filter((run) => run.clean === 0).length;
        if (killed)
            warnings.push(`${killed} of ${data[side].runs.length} processes of the ${side} profile did not end by exit().`);
        for (const source of data.used[side])
            if (source.origin !== 'embedded')
                warnings.push(`${source.label} (${side}): ${ORIGINS[source.origin]}`);
    }
    return warnings;
}

function fact(name, value, note) {
    return element('div', { class: 'fact' }, element('dt', {}, name), element('dd', {}, value, note ? element('small', {}, note) : null));
}

function sideFact(data, side) {
    const { profiles } = data[side];
    return fact(`${side === 'old' ? 'Old' : 'New'}: ${data[side].name}`, units.seconds(data.total[`${side}_ns`]),
        profiles > 1 ? ` a run, mean of ${profiles}` : '');
}

function functionsTable(data) {
    const time = (heading, key) => ({ heading, number: true, value: (fn) => fn[key], text: (fn) => units.time(fn[key]) });
    const change = (fn) => fn.new_ns - fn.old_ns;
    const link = (fn) => `#function:${data.functions.indexOf(fn)}`;
    return sortableTable('Functions', [
        { heading: 'Function', value: (fn) => fn.shown.name, cell: (fn) => element('a', { href: link(fn) }, fn.shown.name,
            fn.old && fn.new && fn.old.name !== fn.new.name ? ` (was ${fn.old.name})` : '') },
        { heading: 'Verdict', value: (fn) => fn.verdict, cell: (fn) => verdictOf(fn.verdict) },
        time('Old time', 'old_ns'), time('New time', 'new_ns'),
        { heading: 'Change', number: true, value: change, text: (fn) => units.signed(units.time(change(fn))) },
        { heading: '%', number: true, value: (fn) => (fn.old_ns > 0 ? change(fn) / fn.old_ns : Infinity), text: percentOf },
        ...(data.noise_known ? [time('Noise', 'noise_ns')] : []),
        { heading: 'Where', value: (fn) => fn.shown.source.label, text: (fn) => `${fn.shown.source.label}:${fn.shown.line}` },
    ], data.functions, { sort: 4, limit: 500 });
}

function overview(data) {
    const warnings = warningsOf(data);
    const { total } = data;
    return element('section', { class: 'overview', 'aria-label': 'Overview' },
        element('dl', { class: 'facts' }, sideFact(data, 'old'), sideFact(data, 'new'),
            fact('Change', `${percentOf(total)}${total.old_ns > 0 ? ' %' : ''}`,
                data.noise_known && total.old_ns > 0 ? ` ± ${units.percent(total.noise_ns, total.old_ns)} %` : ''),
            element('div', { class: 'fact' }, element('dt', {}, 'The whole is'), element('dd', {}, verdictOf(total.verdict)))),
        warnings.length ? element('ul', { class: 'warnings', 'aria-label': 'Warnings' }, ...warnings.map((text) => element('li', {}, text))) : null,
        element('p', { class: 'unit' }, `Times are in microseconds, of one run. Changes below ${data.least_percent} % of the whole, or within noise, count as none.`),
        functionsTable(data));
}

function findAll(data, words) {
    const needle = words.toLowerCase();
    const found = [];
    data.functions.forEach((fn, i) => {
        if ([fn.old?.name, fn.new?.name].some((name) => name?.toLowerCase().includes(needle)))
            found.push({ kind: 'function', text: fn.shown.name, href: `#function:${i}`, place: `${fn.shown.source.label}:${fn.shown.line}` });
    });
    for (const fn of data.functions)
        for (const row of fn.lines) {
            const [source, line] = row.new_line ? [row.new_source, row.new_line] : [row.old_source, row.old_line];
            const text = source.lines[line - 1] ?? '';
            if (found.length < 100 && text.toLowerCase().includes(needle))
                found.push({ kind: 'line', text: text.trim(), href: addressOf(row), place: `${source.label}:${line}` });
        }
    return found.slice(0, 100);
}

// The row that an address means: #file:line of the new side, #old:file:line of the old one, #function:number.
function findRow(data, hash) {
    const number = /^#function:(\d+)$/.exec(hash);
    if (number)
        return data.functions[Number(number[1])] ?? null;
    const side = hash.startsWith(OLD) ? 'old' : 'new';
    const link = findLink([...data.used[side]], side === 'old' ? hash.replace(OLD, '#') : hash);
    if (!link)
        return null;
    for (const fn of data.functions)
        for (const row of fn.lines)
            if (row[`${side}_line`] === link.line && row[`${side}_source`] === link.source)
                return row;
    return null;
}

export function comparisonPage(written) {
    const data = readComparison(written);
    let view = null;
    const title = `${data.old.name} → ${data.new.name}`;

    function showSource(main, hash) {
        view ??= new CompareView(data, addressOf);
        main.replaceChildren(view.root);
        view.open(findRow(data, hash));
        view.list.root.focus({ preventScroll: true });
    }

    return {
        title, keys: KEYS,
        views: [{ id: 'overview', title: 'Overview', show: (main) => main.replaceChildren(overview(data)) },
            ...(data.functions.length ? [{ id: 'source', title: 'Side by side', show: showSource, address: () => view?.address() ?? '#source' }] : [])],
        find: (words) => findAll(data, words),
        isLink: (hash) => Boolean(findRow(data, hash)),
        redraw: () => view?.drawMap(),
        beforePrint: () => view?.root.isConnected && view.print(),
        afterPrint: () => view?.list.print(null),
    };
}
