// What a profile holds at a glance: runs, totals, warnings, the hottest functions and lines.
import { SPREADS, hasGroup, number } from './columns.js';
import { bar, element, sortableTable } from './dom.js';
import { shareOf } from './profile.js';
import { linkTo } from './sources.js';
import * as units from './units.js';

function warningsOf(profile) {
    const warnings = [];
    const runs = profile.views.runs;
    if (!profile.timed)
        warnings.push('No times were taken: hits alone.');
    const killed = runs.filter((run) => run.clean === 0).length;
    if (killed)
        warnings.push(`${killed} of ${runs.length} processes did not end by exit(): what they counted until then is here.`);
    const lost = runs.reduce((sum, run) => sum + (run.lost_samples ?? 0), 0);
    if (lost)
        warnings.push(`${lost} samples were lost: own times are less certain than they say.`);
    for (const source of profile.sources.filter((s) => ['changed', 'disk', 'missing'].includes(s.origin) && s.at.size))
        warnings.push(`${source.label}: ${source.origin === 'missing' ? 'its source was not found' : 'may not be what was compiled'}.`);
    return warnings;
}

function fact(name, value) {
    return element('div', { class: 'fact' }, element('dt', {}, name), element('dd', {}, value));
}

export function place(source, line) {
    return element('a', { href: linkTo(source, line), title: source.path }, `${source.label}:${line}`);
}

function shareCell(share) {
    return element('span', { class: 'with-bar' }, `${units.tenths(share)} %`, bar(share));
}

const SHARES = { time: 'Own share', memory: 'Allocated', hits: 'Share of hits' };

// `columns`: [heading, what it says of a row].
function timeColumns(profile, columns) {
    return profile.weight !== 'time' ? [] : columns.map(([heading, value]) =>
        ({ heading, number: true, value, text: (row) => units.time(value(row)) }));
}

function functionsTable(profile) {
    return sortableTable('Functions', [
        { heading: 'Function', value: (fn) => fn.name, cell: (fn) => element('a', { href: linkTo(fn.source, fn.line) }, fn.name) },
        { heading: SHARES[profile.weight], number: true, value: (fn) => fn.own, cell: (fn) => shareCell(shareOf(profile, fn)) },
        ...timeColumns(profile, [['Own time', (fn) => fn.self_ns], ['Total', (fn) => fn.total_ns]]),
        { heading: 'Calls', number: true, value: (fn) => fn.calls },
        { heading: 'Where', value: (fn) => fn.source.label, cell: (fn) => place(fn.source, fn.line) },
    ], profile.functions, { sort: 1, limit: 200 });
}

function linesTable(profile) {
    const self = (e) => number(e, 'self');
    const hits = (e) => number(e, 'hits');
    const own = profile.weight === 'time' ? self : (e) => e.weight;
    const hottest = profile.functions.flatMap((fn) => fn.entries).filter((e) => hits(e) > 0).sort((a, b) => own(b) - own(a)).slice(0, 25);
    return sortableTable('Hottest lines', [
        { heading: 'Line', value: (e) => `${e.source.label}:${e.line}`, cell: (e) => place(e.source, e.line) },
        { heading: 'Function', value: (e) => e.fn.name },
        { heading: SHARES[profile.weight], number: true, value: own, cell: (e) => shareCell(profile.own > 0 ? 100 * own(e) / profile.own : 0) },
        ...timeColumns(profile, [['Own time', self], ['Time', (e) => number(e, 'time')]]),
        { heading: 'Hits', number: true, value: hits },
        { heading: 'Source', value: (e) => e.source.lines[e.line - 1] ?? '', cell: (e) => element('code', {}, (e.source.lines[e.line - 1] ?? '').trim()) },
    ], hottest, { sort: 2 });
}

// Lines for whose slowest thread or rank the others wait longest; `more`: further columns.
function spreadTable(profile, one, spread, more) {
    const of = (key) => (e) => number(e, key);
    const [least, mean, most, imbalance] = ['least', 'mean', 'most', 'imbalance'].map((key) => of(spread[key]));
    const waits = (e) => most(e) - mean(e);
    const lines = profile.functions.flatMap((fn) => fn.entries).filter((e) => most(e) > 0)
        .sort((a, b) => waits(b) - waits(a)).slice(0, 25);
    const time = (heading, value) => ({ heading, number: true, value, text: (e) => units.time(value(e)) });
    return sortableTable(`Lines by what the slowest ${one} takes longer than the mean`, [
        { heading: 'Line', value: (e) => `${e.source.label}:${e.line}`, cell: (e) => place(e.source, e.line) },
        { heading: 'Function', value: (e) => e.fn.name },
        time('Least', least), time('Mean', mean), time('Most', most), time('Most − mean', waits),
        { heading: 'Imbal. %', number: true, value: imbalance, text: (e) => units.tenths(imbalance(e)) },
        ...more,
    ], lines, { sort: 5 });
}

function threadsTable(profile) {
    return spreadTable(profile, 'thread', SPREADS.threads, [{ heading: 'Threads', number: true, value: (e) => number(e, 'threads') }]);
}

// Of profiles without ranks: of one run.
function ranksTable(profile) {
    const ranked = profile.views.runs.some((run) => run.rank >= 0 && run.rank !== null);
    const slowest = { heading: 'Slowest', number: true, value: (e) => e.values.slowest ?? -1, text: (e) => e.values.slowest ?? '' };
    return spreadTable(profile, ranked ? 'rank' : 'run', SPREADS.ranks, ranked ? [slowest] : []);
}

function startOf(run) {
    return run.start > 0 ? new Date(run.start * 1000).toISOString().slice(0, 19).replace('T', ' ') : '';
}

function runsTable(profile) {
    const field = (heading, key) => ({ heading, value: (run) => run[key] ?? '' });
    const number = (heading, key) => ({ ...field(heading, key), number: true });
    return sortableTable('Processes', [
        field('Command', 'command'), number('Process', 'pid'), field('Host', 'host'), number('Rank', 'rank'),
        { heading: 'Start', value: (run) => run.start, text: startOf },
        { heading: 'Duration', number: true, value: (run) => run.duration_ns ?? 0, text: (run) => (run.duration_ns ? units.seconds(run.duration_ns) : '') },
        number('Threads', 'threads'), number('Exit status', 'exit_status'),
        { heading: 'Timing', value: (run) => [run.timing, run.sampler].filter(Boolean).join(', ') },
    ], profile.views.runs, { sort: 4, descending: false });
}

function wholeOf(profile) {
    if (profile.weight === 'time')
        return [fact('Own time of all functions', units.seconds(profile.self_ns))];
    if (profile.weight === 'memory')
        return [fact('Allocated by all functions', units.bytes(profile.own))];
    return [];
}

export function overview(profile) {
    const runs = profile.views.runs;
    const warnings = warningsOf(profile);
    const longest = runs.reduce((most, run) => Math.max(most, run.duration_ns ?? 0), 0);
    return element('section', { class: 'overview', 'aria-label': 'Overview' },
        element('dl', { class: 'facts' },
            ...wholeOf(profile), fact('Run', units.seconds(longest)),
            fact('Processes', String(runs.length)),
            ...(profile.functions.length ? [fact('Functions', String(profile.functions.length)),
                fact('Lines with code', String(profile.functions.reduce((sum, fn) => sum + fn.entries.length, 0)))] : [])),
        warnings.length ? element('ul', { class: 'warnings', 'aria-label': 'Warnings' }, ...warnings.map((text) => element('li', {}, text))) : null,
        profile.weight === 'time' ? element('p', { class: 'unit' }, 'Times are in microseconds.') : null,
        ...(profile.functions.length ? [functionsTable(profile), linesTable(profile)] : []),
        profile.weight === 'time' && hasGroup(profile, 'threads') ? threadsTable(profile) : null,
        profile.weight === 'time' && hasGroup(profile, 'ranks') ? ranksTable(profile) : null, runsTable(profile));
}
