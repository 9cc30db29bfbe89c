// Memory over time, and the lines that allocate.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { element, sortableTable } from './dom.js';
import { place } from './overview.js';
import * as units from './units.js';

// Of enough contrast to the page.
const COLOURS = { light: ['#0b7285', '#c2410c', '#5f3dc4', '#2b8a3e', '#a61e4d', '#7f6a00'],
    dark: ['#66d9e8', '#ffa94d', '#b197fc', '#8ce99a', '#faa2c1', '#ffe066'] };

function plot(samples, start, width, colour) {
    const colours = COLOURS[document.documentElement.dataset.theme] ?? COLOURS.light;
    const root = element('div', { class: 'plot', role: 'img', 'aria-label': 'Resident memory over time' });
    const pids = [...new Set(samples.map((sample) => sample.pid))];
    const series = pids.map((pid) => {
        const own = samples.filter((sample) => sample.pid === pid).sort((a, b) => a.time_ns - b.time_ns);
        return [own.map((s) => (s.time_ns - start) * 1e-9), own.map((s) => s.rss_bytes / 1048576)];
    });
    const axis = { stroke: colour, grid: { stroke: '#8884' }, ticks: { stroke: '#8884' } };
    const options = {
        width, height: 320, scales: { x: { time: false } },
        axes: [{ ...axis, label: 'Seconds' }, { ...axis, label: 'MiB', size: 60 }],
        series: [{ label: 'Seconds' }, ...pids.map((pid, i) => ({ label: `process ${pid}`, stroke: colours[i % colours.length], width: 2, points: { show: false } }))],
    };
    new uPlot(options, uPlot.join(series), root);
    return root;
}

function linesTable(profile) {
    const size = (heading, key) => ({ heading, number: true, value: (row) => row[key], text: (row) => units.bytes(row[key]) });
    const sources = new Map(profile.sources.map((source) => [source.path, source]));
    return sortableTable('Lines that allocate', [
        { heading: 'Line', value: (row) => `${row.file}:${row.line}`, cell: (row) => (sources.has(row.file)
            ? place(sources.get(row.file), row.line) : `${row.file}:${row.line}`) },
        { heading: 'Function', value: (row) => row.function },
        { heading: 'Occurrences', number: true, value: (row) => row.occurrences },
        size('Allocated', 'allocated_bytes'), size('Freed', 'freed_bytes'), size('Live', 'live_bytes'), size('At peak', 'peak_bytes'),
    ], profile.views.memory_lines, { sort: 3 });
}

// Calls of instrumented functions while memory was sampled.
function marksTable(marks, start) {
    const at = (heading, key) => ({ heading, number: true, value: (m) => m[key], text: (m) => ((m[key] - start) * 1e-9).toFixed(3) });
    const size = (heading, of) => ({ heading, number: true, value: of, text: (m) => units.bytes(of(m)) });
    return sortableTable('Calls', [
        { heading: 'Function', value: (m) => m.function }, at('From, s', 'start_ns'), at('To, s', 'end_ns'),
        size('Before', (m) => m.start_bytes), size('After', (m) => m.end_bytes), size('Change', (m) => m.end_bytes - m.start_bytes),
    ], marks, { sort: 1, descending: false });
}

function overTime(profile) {
    const width = Math.max(320, document.getElementById('main').clientWidth - 32);
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--text');
    const samples = profile.views.memory_samples;
    const marks = profile.views.memory_marks;
    const start = [...samples.map((sample) => sample.time_ns), ...marks.map((mark) => mark.start_ns)].reduce((a, b) => Math.min(a, b));
    const peak = samples.reduce((most, sample) => (sample.rss_bytes > most.rss_bytes ? sample : most));
    return [element('h2', {}, 'Resident memory over time'), plot(samples, start, width, colour),
        element('p', { class: 'unit' }, `At most ${units.bytes(peak.rss_bytes)}, after ${((peak.time_ns - start) * 1e-9).toFixed(2)} s, in process ${peak.pid}.`),
        marks.length ? marksTable(marks, start) : null];
}

export function memory(profile) {
    return element('section', { 'aria-label': 'Memory' }, ...(profile.views.memory_samples.length ? overTime(profile) : []),
        profile.hasMemory ? linesTable(profile) : null);
}
