// What a profile holds at a glance: runs, totals, warnings, the hottest functions and lines.
import { bar, element, sortableTable } from './dom.js';
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

function functionsTable(profile) {
    const share = (fn) => (profile.self_ns > 0 ? 100 * fn.self_ns / profile.self_ns : 0);
    return sortableTable('Functions', [
        { heading: 'Function', value: (fn) => fn.name, cell: (fn) => element('a', { href: linkTo(fn.source, fn.line) }, fn.name) },
        { heading: 'Own share', number: true, value: share, cell: (fn) => shareCell(share(fn)) },
        { heading: 'Own time', number: true, value: (fn) => fn.self_ns, text: (fn) => units.time(fn.self_ns) },
        { heading: 'Total', number: true, value: (fn) => fn.total_ns, text: (fn) => units.time(fn.total_ns) },
        { heading: 'Calls', number: true, value: (fn) => fn.calls },
        { heading: 'Where', value: (fn) => fn.source.label, cell: (fn) => place(fn.source, fn.line) },
    ], profile.functions, { sort: 1, limit: 200 });
}

function linesTable(profile) {
    const entries = profile.functions.flatMap((fn) => fn.entries);
    const key = profile.timed ? 'self_ns' : 'hits';
    const hottest = entries.filter((entry) => entry.hits > 0).sort((a, b) => b[key] - a[key]).slice(0, 25);
    const share = (entry) => (profile.self_ns > 0 ? 100 * entry.self_ns / profile.self_ns : 0);
    return sortableTable('Hottest lines', [
        { heading: 'Line', value: (e) => `${e.source.label}:${e.line}`, cell: (e) => place(e.source, e.line) },
        { heading: 'Own share', number: true, value: share, cell: (e) => shareCell(share(e)) },
        { heading: 'Own time', number: true, value: (e) => e.self_ns, text: (e) => (profile.timed ? units.time(e.self_ns) : '') },
        { heading: 'Time', number: true, value: (e) => e.time_ns, text: (e) => (profile.timed ? units.time(e.time_ns) : '') },
        { heading: 'Hits', number: true, value: (e) => e.hits },
        { heading: 'Source', value: (e) => e.line, cell: (e) => element('code', {}, (e.source.lines[e.line - 1] ?? '').trim()) },
    ], hottest, { sort: profile.timed ? 1 : 4 });
}

function runsTable(profile) {
    return sortableTable('Processes', [
        { heading: 'Command', value: (run) => run.command ?? '' },
        { heading: 'Process', number: true, value: (run) => run.pid ?? '' },
        { heading: 'Host', value: (run) => run.host ?? '' },
        { heading: 'Rank', number: true, value: (run) => run.rank ?? '' },
        { heading: 'Start', value: (run) => run.start, text: (run) => (run.start > 0 ? new Date(run.start * 1000).toISOString().slice(0, 19).replace('T', ' ') : '') },
        { heading: 'Duration', number: true, value: (run) => run.duration_ns ?? 0, text: (run) => (run.duration_ns ? units.seconds(run.duration_ns) : '') },
        { heading: 'Threads', number: true, value: (run) => run.threads ?? '' },
        { heading: 'Exit status', number: true, value: (run) => run.exit_status ?? '' },
        { heading: 'Timing', value: (run) => [run.timing, run.sampler].filter(Boolean).join(', ') },
    ], profile.views.runs, { sort: 4, descending: false });
}

export function overview(profile) {
    const runs = profile.views.runs;
    const warnings = warningsOf(profile);
    const longest = runs.reduce((most, run) => Math.max(most, run.duration_ns ?? 0), 0);
    return element('section', { class: 'overview', 'aria-label': 'Overview' },
        element('dl', { class: 'facts' },
            fact('Own time of all functions', units.seconds(profile.self_ns)), fact('Run', units.seconds(longest)),
            fact('Processes', String(runs.length)), fact('Functions', String(profile.functions.length)),
            fact('Lines with code', String(profile.functions.reduce((sum, fn) => sum + fn.entries.length, 0)))),
        warnings.length ? element('ul', { class: 'warnings', 'aria-label': 'Warnings' }, ...warnings.map((text) => element('li', {}, text))) : null,
        element('p', { class: 'unit' }, 'Times are in microseconds.'),
        functionsTable(profile), linesTable(profile), runsTable(profile));
}
