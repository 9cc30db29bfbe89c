// The internal timers (KP_REGION, KP_TIMED).
import { element, sortableTable } from './dom.js';
import * as units from './units.js';

export function timers(profile) {
    return element('section', { 'aria-label': 'Timers' }, element('p', { class: 'unit' }, 'Times are in microseconds.'),
        sortableTable('Timers', [
            { heading: 'Timer', value: (t) => t.name },
            { heading: 'Calls', number: true, value: (t) => t.calls },
            { heading: 'Total', number: true, value: (t) => t.total_ns, text: (t) => units.time(t.total_ns) },
            { heading: 'Per call', number: true, value: (t) => t.total_ns / (t.calls || 1), text: (t) => units.time(t.total_ns / (t.calls || 1)) },
            { heading: 'Least', number: true, value: (t) => t.min_ns ?? 0, text: (t) => units.time(t.min_ns) },
            { heading: 'Most', number: true, value: (t) => t.max_ns ?? 0, text: (t) => units.time(t.max_ns) },
            { heading: 'Threads', number: true, value: (t) => t.threads ?? '' },
        ], profile.views.timers, { sort: 2 }));
}
