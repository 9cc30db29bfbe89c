// The internal timers (KP_REGION, KP_TIMED), and how evenly threads share them.
import { element, sortableTable } from './dom.js';
import * as units from './units.js';

const time = (heading, of) => ({ heading, number: true, value: (t) => of(t) ?? 0, text: (t) => units.time(of(t)) });

export function timers(profile) {
    const rows = profile.views.timers;
    const mean = (t) => t.total_ns / (t.threads || 1);
    const threads = rows.some((t) => t.threads > 1) ? [
        { heading: 'Threads', number: true, value: (t) => t.threads ?? '' },
        time('Mean of threads', mean), time('Longest thread', (t) => t.thread_ns),
        { heading: 'Imbal. %', number: true, value: (t) => (mean(t) > 0 ? t.thread_ns / mean(t) : 0), text: (t) => units.percent(t.thread_ns - mean(t), mean(t)) },
    ] : [];
    return element('section', { 'aria-label': 'Timers' }, element('p', { class: 'unit' }, 'Times are in microseconds.'),
        sortableTable('Timers', [
            { heading: 'Timer', value: (t) => t.name },
            { heading: 'Calls', number: true, value: (t) => t.calls },
            time('Total', (t) => t.total_ns), time('Per call', (t) => t.total_ns / (t.calls || 1)),
            time('Least', (t) => t.min_ns), time('Most', (t) => t.max_ns), ...threads,
        ], rows, { sort: 2 }));
}
