// Two sources side by side, a row for each line that either has: its change, the old line, the new line. Functions
// follow each other, what lost most first. On a narrow screen the lines stand one below the other.
import { element } from './dom.js';
import { Highlighter } from './highlight.js';
import { Minimap } from './minimap.js';
import { expandTabs } from './sources.js';
import * as units from './units.js';
import { percentOf, VERDICTS, verdictOf } from './verdicts.js';
import { VirtualList } from './virtual.js';

const ROW = 20;
const PRINTED_ROWS = 4000;
const SHIFT_PX = 60;

const CHANGE = [
    { key: 'change', heading: 'Change', text: (row) => (row.timed ? units.signed(units.time((row.new_ns ?? 0) - (row.old_ns ?? 0))) : '') },
    { key: 'percent', heading: '%', text: (row) => (row.timed ? percentOf(row) : '') },
    { key: 'noise', heading: 'Noise', text: (row) => units.time(row.noise_ns) },
];
const SIDE = [
    { key: 'hits', heading: 'Hits', text: (row, side) => units.count(row[`${side}_hits`]) },
    { key: 'time', heading: 'Time', text: (row, side, data) => (data[side].timed ? units.time(row[`${side}_ns`]) : '') },
];

// The events that either profile has: {key, heading, text(row, side)}.
function eventColumns(data) {
    const columns = new Map([...data.old.events, ...data.new.events].map((column) => [column.key, column]));
    return [...columns.values()].map(({ key, heading, kind }) => ({ key, heading, text: (row, side) => units.KINDS[kind](row.events[side]?.[key]) }));
}

// The part of a line that its other version does not have: [from, to] of each.
function edits(old, young) {
    const least = Math.min(old.length, young.length);
    let head = 0;
    while (head < least && old[head] === young[head])
        head++;
    let tail = 0;
    while (tail < least - head && old.at(-1 - tail) === young.at(-1 - tail))
        tail++;
    return { old: [head, old.length - tail], new: [head, young.length - tail] };
}

export class CompareView {
    constructor(data, addressOf) {
        this.data = data;
        this.addressOf = addressOf;
        this.sideColumns = [...SIDE, ...eventColumns(data)];
        this.highlighters = new Map();
        for (const fn of data.functions)
            for (const row of fn.lines)
                row.timed = row.code && (data.old.timed || data.new.timed);
        this.narrow = matchMedia('(max-width: 800px)');
        this.narrow.addEventListener('change', () => this.layOut());
        this.chosen = new Set(this.narrow.matches ? ['percent'] : ['change', 'percent', ...this.sideColumns.map((column) => column.key)]);
        if (data.noise_known && !this.narrow.matches)
            this.chosen.add('noise');
        this.all = !data.functions.some((fn) => fn.changed);
        this.list = new VirtualList(ROW, (index) => this.row(index));
        this.list.root.setAttribute('role', 'table');
        this.list.root.setAttribute('aria-label', 'Both sources, line by line');
        this.list.root.addEventListener('keydown', (event) => this.key(event));
        this.list.root.addEventListener('wheel', (event) => this.shift(event.deltaX), { passive: true });
        this.head = element('div', { class: 'row row-head', role: 'row' });
        this.list.root.prepend(this.head);
        this.map = new Minimap(() => this.rows.length, (index) => this.select(index));
        this.root = this.frame();
        this.layOut();
    }

    frame() {
        const { data } = this;
        const box = (text, checked, act, properties = {}) => element('label', {}, element('input',
            { type: 'checkbox', checked, onchange: (event) => act(event.target.checked), ...properties }), text);
        const choices = element('fieldset', { class: 'choices' }, element('legend', {}, 'Columns'), ...[...CHANGE, ...this.sideColumns].map((column) =>
            box(column.heading, this.chosen.has(column.key), (on) => this.choose(column.key, on), { 'data-column': column.key })));
        this.files = element('select', { 'aria-label': 'Function', onchange: () => this.open(data.functions[this.files.value]) },
            ...data.functions.map((fn, i) => element('option', { value: i }, `${VERDICTS[fn.verdict].mark} ${fn.shown.name} ${percentOf(fn)}`)));
        this.same = box('Functions without a change', this.all, (on) => {
            this.all = on;
            this.layOut();
        });
        this.bar = element('div', { class: 'shift', tabindex: '-1', 'aria-hidden': 'true', onscroll: () => {
            this.list.root.style.setProperty('--shift', `${-this.bar.scrollLeft}px`);
        } }, element('div', {}));
        return element('section', { class: 'source compare', 'aria-label': 'Side by side' },
            element('div', { class: 'code' },
                element('div', { class: 'code-bar' }, this.files, element('details', {}, element('summary', {}, 'Columns'), choices), this.same,
                    element('p', { class: 'unit' }, 'Times in µs, of one run')),
                element('div', { class: 'code-body' }, this.list.root, this.map.root), this.bar));
    }

    layOut() {
        const chosen = this.rows?.[this.at];
        this.rows = this.data.functions.filter((fn) => this.all || fn.changed || fn === this.wanted)
            .flatMap((fn) => [fn, ...fn.lines.flatMap((row) => this.rowsOfLine(row))]);
        this.longest = Math.max(1, ...['old', 'new'].map((side) => this.longestOf(side)));
        this.at = Math.max(0, this.indexOf(chosen?.of ?? chosen));
        this.measure();
        this.drawHead();
        this.list.root.setAttribute('aria-rowcount', String(this.rows.length + 1));
        this.list.setCount(this.rows.length);
        this.drawMap();
    }

    // One; on a narrow screen one for each version of the line.
    rowsOfLine(row) {
        if (!this.narrow.matches)
            return [row];
        const sides = row.edited || !row.new_line || !row.old_line ? ['old', 'new'].filter((side) => row[`${side}_line`]) : ['new'];
        return sides.map((only) => ({ ...row, of: row, only }));
    }

    longestOf(side) {
        const textOf = (row) => row[`${side}_source`]?.lines[row[`${side}_line`] - 1];
        return this.rows.reduce((most, row) => Math.max(most, textOf(row)?.length ?? 0), 0);
    }

    columns(of) {
        return of.filter((column) => this.chosen.has(column.key));
    }

    sides() {
        return this.narrow.matches ? ['new'] : ['old', 'new'];
    }

    measure() {
        const lines = this.rows.filter((row) => row.code);
        const width = (column, side) => lines.reduce((most, row) =>
            Math.max(most, column.text(row, row.only ?? side, this.data).length), column.heading.length + 1) + 1;
        const digits = lines.reduce((most, row) => Math.max(most, row.old_line ?? 0, row.new_line ?? 0), 1);
        const template = ['3ch', ...this.columns(CHANGE).map((column) => `${width(column)}ch`)];
        for (const side of this.sides())
            template.push(`${String(digits).length + (this.narrow.matches ? 6 : 2)}ch`, ...this.columns(this.sideColumns).map((column) => `${width(column, side)}ch`), 'minmax(10ch, 1fr)');
        this.list.root.style.setProperty('--columns', template.join(' '));
        this.bar.firstChild.style.width = `calc(100% + ${Math.min(this.longest, 1000)}ch - ${this.narrow.matches ? 30 : 45}ch)`;
    }

    drawHead() {
        const head = (text, number, of) => element('span', { role: 'columnheader', class: number ? 'number' : '', title: of }, text);
        this.head.replaceChildren(head('', false, 'Mark'), ...this.columns(CHANGE).map((column) => head(column.heading, true)),
            ...this.sides().flatMap((side) => {
                const name = this.narrow.matches ? 'Old and new' : side === 'old' ? 'Old' : 'New';
                return [head('#', true, `${name} line`), ...this.columns(this.sideColumns).map((column) => head(column.heading, true, `${name}: ${column.heading}`)),
                    element('span', { role: 'columnheader', class: 'text' }, this.narrow.matches ? name : `${name}: ${this.data[side].name}`)];
            }));
    }

    row(index) {
        const row = this.rows[index];
        const made = row.lines ? this.functionRow(row) : this.lineRow(row);
        made.setAttribute('role', 'row');
        made.setAttribute('aria-rowindex', index + 2);
        if (index === this.at) {
            made.classList.add('selected');
            made.setAttribute('aria-current', 'true');
        }
        made.addEventListener('click', () => String(getSelection()) || this.select(index));
        return made;
    }

    functionRow(fn) {
        const from = [fn.old && fn.new && fn.old.name !== fn.new.name ? `was ${fn.old.name}` : '',
            fn.old && fn.new && fn.old.source.label !== fn.new.source.label ? `was in ${fn.old.source.label}` : ''].filter(Boolean);
        return element('div', { class: 'row function-row', 'data-function': fn.shown.name }, element('span', { role: 'cell' },
            element('b', {}, fn.shown.name), ` at ${fn.shown.source.label}:${fn.shown.line}${from.map((text) => `, ${text}`).join('')}: `,
            `${units.seconds(fn.old_ns)} → ${units.seconds(fn.new_ns)}${percentOf(fn) ? `, ${percentOf(fn)}${fn.old_ns > 0 ? ' %' : ''} ` : ' '}`,
            verdictOf(fn.verdict)));
    }

    lineRow(row) {
        const verdict = row.code || !row.old_line || !row.new_line ? row.verdict : 'same';
        const { mark, text } = VERDICTS[verdict];
        const made = element('div', { class: `row ${verdict}`, 'data-old': row.old_line, 'data-new': row.new_line, 'data-side': row.only },
            element('span', { role: 'cell', title: `${text}${row.edited ? ', edited' : ''}`, class: 'mark' }, `${mark}${row.edited ? '~' : ''}`));
        const cell = (column, value, side) => element('span', { role: 'cell', class: `number ${column.key}`, 'data-column': `${side}${column.key}` }, value);
        const changeHere = !row.only || row.only === 'new' || !row.new_line;
        made.append(...this.columns(CHANGE).map((column) => cell(column, row.code && changeHere ? column.text(row) : '', '')));
        for (const side of row.only ? [row.only] : this.sides()) {
            const number = row[`${side}_line`];
            made.append(element('span', { role: 'cell', class: 'number line' }, number ? `${row.only === 'old' ? 'old ' : ''}${number}` : ''),
                ...this.columns(this.sideColumns).map((column) => cell(column, row.code ? column.text(row, side, this.data) : '', `${side}_`)),
                this.text(row, side));
        }
        return made;
    }

    highlighter(source) {
        const owner = source.text === undefined ? this.data.sources[source.text_of] : source;
        if (!this.highlighters.has(owner))
            this.highlighters.set(owner, new Highlighter(owner, () => this.list.refresh()));
        return this.highlighters.get(owner);
    }

    // Highlighted, with what an edit changed marked.
    text(row, side) {
        const source = row[`${side}_source`];
        const line = row[`${side}_line`];
        const inner = element('span', {});
        const cell = element('span', { role: 'cell', class: `text ${side}${line ? '' : ' absent'}` }, inner);
        if (!line || line > source.lines.length)
            return cell;
        const whole = source.lines[line - 1];
        cell.title = whole.length > 40 ? whole.trim() : '';
        const [from, to] = row.edited ? edits(row.old_source.lines[row.old_line - 1] ?? '', row.new_source.lines[row.new_line - 1] ?? '')[side] : [0, 0];
        let at = 0;
        let column = 0;
        for (const piece of this.highlighter(source).pieces(line - 1)) {
            for (const [start, end, marked] of [[0, from, false], [from, to, true], [to, Infinity, false]]) {
                const part = piece.text.slice(Math.max(0, start - at), Math.max(0, end - at));
                if (!part)
                    continue;
                const [text, next] = expandTabs(part, column);
                column = next;
                inner.append(element(marked ? 'mark' : 'span', { class: piece.class }, text));
            }
            at += piece.text.length;
        }
        return cell;
    }

    // Of a function or a line; on a narrow screen of its first row.
    indexOf(wanted) {
        return this.rows.findIndex((row) => (row.of ?? row) === wanted);
    }

    open(wanted) {
        const fn = wanted?.lines ? wanted : wanted?.fn;
        if (fn && !fn.changed && !this.all) {
            this.wanted = fn;
            this.layOut();
        }
        const index = this.indexOf(wanted);
        this.at = index >= 0 ? index : this.at;
        this.list.reveal(this.at);
        this.select(this.at, false);
    }

    select(index, byHand = true) {
        this.at = Math.max(0, Math.min(this.rows.length - 1, index));
        const row = this.rows[this.at];
        this.files.value = String(this.data.functions.indexOf(row.lines ? row : row.fn));
        this.list.reveal(this.at, true);
        this.list.refresh();
        if (byHand)
            history.replaceState(null, '', this.address());
    }

    address() {
        const row = this.rows[this.at];
        return row.lines ? `#function:${this.data.functions.indexOf(row)}` : this.addressOf(row);
    }

    choose(key, on) {
        this.chosen[on ? 'add' : 'delete'](key);
        this.measure();
        this.drawHead();
        this.list.refresh();
    }

    shift(pixels) {
        if (pixels)
            this.bar.scrollLeft += pixels;
    }

    next(sign, wanted) {
        for (let i = 1; i <= this.rows.length; i++) {
            const index = (this.at + sign * i + this.rows.length) % this.rows.length;
            if (wanted(this.rows[index]))
                return this.select(index);
        }
    }

    key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey)
            return;
        const changed = (row) => row.changed;
        const acts = {
            ArrowDown: () => this.select(this.at + 1), ArrowUp: () => this.select(this.at - 1),
            PageDown: () => this.select(this.at + this.list.pageRows), PageUp: () => this.select(this.at - this.list.pageRows),
            Home: () => this.select(0), End: () => this.select(this.rows.length - 1),
            ArrowRight: () => this.shift(SHIFT_PX), ArrowLeft: () => this.shift(-SHIFT_PX), Backspace: () => history.back(),
            n: () => this.next(1, changed), N: () => this.next(-1, changed),
            ']': () => this.next(1, (row) => row.lines), '[': () => this.next(-1, (row) => row.lines),
        };
        Object.assign(acts, { j: acts.ArrowDown, k: acts.ArrowUp, l: acts.ArrowRight, h: acts.ArrowLeft });
        if (!acts[event.key])
            return;
        acts[event.key]();
        event.preventDefault();
    }

    drawMap() {
        const lost = (row) => (row.code ? (row.new_ns ?? 0) - (row.old_ns ?? 0) : 0);
        const most = this.rows.reduce((sum, row) => Math.max(sum, Math.abs(lost(row))), 0);
        this.map.draw((index) => {
            const row = this.rows[index];
            if (!row.code)
                return null;
            return { share: most > 0 ? Math.abs(lost(row)) / most : 0, colour: !row.changed ? '--map' : lost(row) > 0 ? '--hot' : '--good' };
        });
    }

    print() {
        this.list.print([0, PRINTED_ROWS]);
    }
}
