// Who calls whom: a flame graph, a call graph, and the same as a table.
import * as dagre from '@dagrejs/dagre';
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import { button, element, sortableTable } from './dom.js';
import { place } from './overview.js';
import { linkTo } from './sources.js';
import * as units from './units.js';

const DEPTH = 64;
const SMALLEST = 0.0005; // of the whole
const FRAMES = 20000;
const GRAPH_NODES = 60;

// Stacks are not in a profile. As gprof does, each caller of a function answers for the share of it that its own calls
// took; recursion is folded. That is exact where every function has one caller.
export function stacksOf(profile) {
    const roots = profile.functions.filter((fn) => fn.total_ns > 0 && !fn.callers.some((call) => call.from !== fn));
    const whole = roots.reduce((sum, fn) => sum + fn.total_ns, 0);
    let frames = 0;
    function frame(fn, value, path) {
        frames++;
        const scale = fn.total_ns > 0 ? Math.min(1, value / fn.total_ns) : 0;
        const byCallee = new Map();
        for (const call of fn.callees)
            if (!path.has(call.to) && call.to !== fn)
                byCallee.set(call.to, (byCallee.get(call.to) ?? 0) + call.total_ns * scale);
        const children = [];
        let room = value;
        if (path.size < DEPTH)
            for (const [callee, part] of [...byCallee].sort((a, b) => b[1] - a[1])) {
                const taken = Math.min(part, room);
                if (taken < SMALLEST * whole || frames >= FRAMES)
                    continue;
                room -= taken;
                children.push(frame(callee, taken, new Set([...path, fn])));
            }
        return { name: fn.name, value, fn, children };
    }
    const children = roots.sort((a, b) => b.total_ns - a.total_ns).map((fn) => frame(fn, fn.total_ns, new Set()));
    return children.length === 1 ? children[0] : { name: 'all', value: whole, children };
}

function flame(profile, width, go) {
    const root = element('div', { class: 'flame' });
    const tree = stacksOf(profile);
    if (!(tree.value > 0))
        return element('p', { class: 'note' }, 'The profile has no times of calls.');
    const details = element('p', { class: 'where', 'aria-live': 'polite' }, '\u00a0');
    let chosen = null;
    const show = (d) => {
        details.textContent = `${d.data.name}: ${units.time(d.data.value)} µs, ${units.percent(d.data.value, tree.value)} %`;
    };
    const open = button('Show its source', () => chosen && go(linkTo(chosen.source, chosen.line)), { disabled: true });
    const chart = flamegraph().width(width).cellHeight(22).transitionDuration(0).minFrameSize(2).selfValue(false)
        .inverted(true).setColorMapper((d) => `hsl(${20 + hueOf(d.data.name)} 75% 68%)`)
        .onClick((d) => {
            chosen = d.data.fn ?? null;
            open.disabled = !chosen;
            show(d);
        });
    chart.onHover(show);
    chart.setLabelHandler((d) => `${d.data.name}: ${units.time(d.data.value)} µs, ${units.percent(d.data.value, tree.value)} %`);
    select(root).datum(tree).call(chart);
    const svg = root.querySelector('svg');
    svg?.setAttribute('role', 'img');
    svg?.setAttribute('aria-label', 'Flame graph; the table of calls below says the same');
    return element('div', {}, element('div', { class: 'code-bar' }, button('Whole', () => chart.resetZoom()), open, details), root);
}

function hueOf(name) {
    let hash = 0;
    for (const c of name)
        hash = (hash * 31 + c.codePointAt(0)) % 1009;
    return hash % 36;
}

const SVG = 'http://www.w3.org/2000/svg';

function svgElement(name, properties, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(properties))
        made.setAttribute(key, value);
    if (text !== undefined)
        made.textContent = text;
    return made;
}

function layoutGraph(profile) {
    const nodes = [...profile.functions].filter((fn) => fn.calls > 0 || fn.callees.length)
        .sort((a, b) => b.total_ns - a.total_ns).slice(0, GRAPH_NODES);
    const graph = new dagre.graphlib.Graph({ multigraph: false });
    graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 44, marginx: 12, marginy: 12 });
    graph.setDefaultEdgeLabel(() => ({}));
    nodes.forEach((fn, i) => {
        const name = fn.name.length > 32 ? `${fn.name.slice(0, 31)}…` : fn.name;
        graph.setNode(String(i), { fn, name, width: Math.max(170, 9 * name.length + 20), height: 44 });
    });
    for (const call of profile.calls) {
        const [from, to] = [nodes.indexOf(call.from), nodes.indexOf(call.to)];
        if (from < 0 || to < 0)
            continue;
        const edge = graph.edge(String(from), String(to)) ?? { calls: 0, total_ns: 0, width: 110, height: 14 };
        graph.setEdge(String(from), String(to), { ...edge, calls: edge.calls + call.calls, total_ns: edge.total_ns + call.total_ns });
    }
    dagre.layout(graph);
    return graph;
}

function drawEdge(edge) {
    const group = svgElement('g', { class: 'edge' });
    group.append(svgElement('path', { d: edge.points.map((p, i) => `${i ? 'L' : 'M'}${p.x} ${p.y}`).join(' '), 'marker-end': 'url(#arrow)' }),
        svgElement('text', { x: edge.x ?? edge.points[0].x, y: (edge.y ?? edge.points[0].y) + 4, 'text-anchor': 'middle' }, `${edge.calls}×, ${units.brief(edge.total_ns)}`));
    return group;
}

function drawNode(node, whole, go) {
    const share = whole > 0 ? 100 * node.fn.self_ns / whole : 0;
    const link = svgElement('a', { class: `node${share >= 20 ? ' hot' : share >= 5 ? ' warm' : ''}`, tabindex: '0', role: 'link',
        'aria-label': `${node.fn.name}, own share ${units.tenths(share)} %`,
        transform: `translate(${node.x - node.width / 2} ${node.y - node.height / 2})` });
    const open = () => go(linkTo(node.fn.source, node.fn.line));
    link.addEventListener('click', open);
    link.addEventListener('keydown', (event) => event.key === 'Enter' && open());
    link.append(svgElement('rect', { width: node.width, height: node.height, rx: 5 }),
        svgElement('text', { x: node.width / 2, y: 18, 'text-anchor': 'middle' }, node.name),
        svgElement('text', { x: node.width / 2, y: 35, 'text-anchor': 'middle', class: 'small' }, `own ${units.tenths(share)} %, total ${units.brief(node.fn.total_ns)}`),
        svgElement('title', {}, node.fn.name));
    return link;
}

function graphOf(profile, go) {
    const graph = layoutGraph(profile);
    if (!graph.nodeCount())
        return element('p', { class: 'note' }, 'The profile has no calls.');
    const { width, height } = graph.graph();
    const svg = svgElement('svg', { class: 'graph', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-label': 'Call graph' });
    const marker = svgElement('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' });
    marker.append(svgElement('path', { d: 'M0 0L8 4L0 8z' }));
    svg.append(marker, ...graph.edges().map((e) => drawEdge(graph.edge(e))),
        ...graph.nodes().map((n) => drawNode(graph.node(n), profile.self_ns, go)));
    return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Call graph' }, svg);
}

function callsTable(profile) {
    return sortableTable('Calls', [
        { heading: 'Caller', value: (c) => c.from.name },
        { heading: 'Line', value: (c) => c.line, cell: (c) => place(c.source, c.line) },
        { heading: 'Callee', value: (c) => c.to.name, cell: (c) => element('a', { href: linkTo(c.to.source, c.to.line) }, c.to.name) },
        { heading: 'Calls', number: true, value: (c) => c.calls },
        { heading: 'Time', number: true, value: (c) => c.total_ns, text: (c) => units.time(c.total_ns) },
    ], profile.calls, { sort: 4 });
}

export function calls(profile, go) {
    const width = Math.max(320, document.getElementById('main').clientWidth - 32);
    return element('section', { 'aria-label': 'Calls' },
        element('h2', {}, 'Flame graph'), flame(profile, width, go),
        element('h2', {}, 'Call graph'), graphOf(profile, go), callsTable(profile),
        element('p', { class: 'unit' }, 'Times are in microseconds.'));
}
