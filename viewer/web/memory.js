// Memory over time, and the lines that allocate.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { element, sortableTable } from './dom.js';
import { place } from './overview.js';
import * as units from './units.js';

const COLOURS = ['#0b7285', '#d9480f', '#5f3dc4', '#2b8a3e', '#a61e4d', '#7f6a00'];

function plot(samples, width, colour) {
    const root = element('div', { class: 'plot', role: 'img', 'aria-label': 'Resident memory over time' });
    const pids = [...new Set(samples.map((sample) => sample.pid))];
    const start = samples.reduce((least, sample) => Math.min(least, sample.time_ns), Infinity);
    const series = pids.map((pid) => {
        const own = samples.filter((sample) => sample.pid === pid).sort((a, b) => a.time_ns - b.time_ns);
        return [own.map((s) => (s.time_ns - start) * 1e-9), own.map((s) => s.rss_bytes / 1048576)];
    });
    const axis = { stroke: colour, grid: { stroke: '#8884' }, ticks: { stroke: '#8884' } };
    const options = {
        width, height: 320, scales: { x: { time: false } },
        axes: [{ ...axis, label: 'Seconds' }, { ...axis, label: 'MiB', size: 60 }],
        series: [{ label: 'Seconds' }, ...pids.map((pid, i) => ({ label: `process ${pid}`, stroke: COLOURS[i % COLOURS.length], width: 2 }))],
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

export function memory(profile) {
    const width = Math.max(320, document.getElementById('main').clientWidth - 32);
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--text');
    const samples = profile.views.memory_samples;
    return element('section', { 'aria-label': 'Memory' }, samples.length ? plot(samples, width, colour) : null,
        profile.hasMemory ? linesTable(profile) : null);
}
