// The annotated source: one file, line by line or (sorted by a column) its lines with code, hottest first.
import { columnsOf, number } from './columns.js';
import { bar, button, element } from './dom.js';
import { Highlighter } from './highlight.js';
import { Minimap } from './minimap.js';
import { heatOf, shareOf } from './profile.js';
import { expandTabs, linkTo, ORIGINS } from './sources.js';
import { VirtualList } from './virtual.js';
import * as units from './units.js';

const ROW = 20;
const PRINTED_ROWS = 4000;
const HOT = 20; // percent of its function, as the listing colours them
const WARM = 5;

export class SourceView {
    constructor(profile, go) {
        this.profile = profile;
        this.go = go;
        this.columns = columnsOf(profile);
        this.shown = new Set(this.columns.filter((column) => column.shown).map((column) => column.key));
        if (matchMedia('(max-width: 600px)').matches)
            this.shown = new Set(['hits', profile.hasMemory ? 'allocated' : 'percent']);
        if (!profile.timed)
            this.columns.filter(({ kind }) => kind === 'time' || kind === 'percent').forEach(({ key }) => this.shown.delete(key));
        this.sort = { key: 'line', descending: false };
        this.highlighters = new Map();
        this.list = new VirtualList(ROW, (index) => this.row(index));
        this.list.root.setAttribute('role', 'table');
        this.list.root.setAttribute('aria-label', 'Annotated source');
        this.list.root.addEventListener('keydown', (event) => this.key(event));
        this.head = element('div', { class: 'row row-head', role: 'row' });
        this.list.root.prepend(this.head);
        this.map = new Minimap(() => this.lines.length, (index) => this.select(this.lines[index] ?? 1));
        this.files = element('select', { 'aria-label': 'File', onchange: () => this.open(profile.sources[this.files.value], 1, true) });
        this.note = element('p', { class: 'note', hidden: true });
        this.where = element('p', { class: 'where' });
        this.functions = element('ol', { class: 'functions', 'aria-label': 'Functions' });
        this.root = this.layout();
        this.fillFunctions();
    }

    layout() {
        const used = this.profile.sources.map((source, i) => ({ source, i }))
            .filter(({ source }) => source.at.size || source.functions.length);
        this.files.append(...used.map(({ source, i }) => element('option', { value: i }, source.label)));
        const choices = element('fieldset', { class: 'choices' }, element('legend', {}, 'Columns'),
            ...this.columns.map((column) => element('label', {}, element('input', {
                type: 'checkbox', checked: this.shown.has(column.key), 'data-column': column.key,
                onchange: (event) => this.toggle(column.key, event.target.checked),
            }), column.heading)));
        return element('section', { class: 'source', 'aria-label': 'Source' },
            element('aside', {}, element('h2', {}, 'Functions'), this.functions),
            element('div', { class: 'code' },
                element('div', { class: 'code-bar' }, this.files, element('details', {}, element('summary', {}, 'Columns'), choices), this.where,
                    this.profile.timed ? element('p', { class: 'unit' }, 'Times in µs') : null),
                this.note, element('div', { class: 'code-body' }, this.list.root, this.map.root)));
    }

    fillFunctions() {
        const sorted = [...this.profile.functions].sort((a, b) => b.own - a.own || b.hits - a.hits);
        this.functions.append(...sorted.slice(0, 2000).map((fn) => {
            const share = shareOf(this.profile, fn);
            return element('li', {}, element('a', { href: linkTo(fn.source, fn.line), title: `${fn.source.label}:${fn.line}` },
                element('span', { class: 'name' }, fn.name), element('span', { class: 'share' }, `${units.tenths(share)} %`)), bar(share));
        }));
    }

    open(source, line, byHand = false) {
        if (source !== this.source) {
            this.source = source;
            this.files.value = String(this.profile.sources.indexOf(source));
            this.note.textContent = ORIGINS[source.origin] ?? '';
            this.note.hidden = !ORIGINS[source.origin];
            this.prepare();
        }
        if (this.sort.key !== 'line' && !this.lines.includes(line))
            this.sortBy('line');
        this.select(line, byHand);
        this.list.reveal(this.rowOf(line));
    }

    highlighter() {
        if (!this.highlighters.has(this.source))
            this.highlighters.set(this.source, new Highlighter(this.source, () => this.list.refresh()));
        return this.highlighters.get(this.source);
    }

    // What a line shows: the function in which the selected line is, where it has code there, or the hottest.
    entryOf(line) {
        const entries = this.source.at.get(line);
        return entries?.find((entry) => entry.fn === this.fn) ?? entries?.[0];
    }

    value(column, line) {
        return column.value(this.entryOf(line));
    }

    prepare() {
        const codeLines = [...this.source.at.keys()];
        const last = codeLines.reduce((a, b) => Math.max(a, b), 0);
        this.lineCount = Math.max(this.source.lines.length, Math.min(last, this.source.lines.length + 65536));
        if (this.sort.key === 'line') {
            this.lines = Array.from({ length: this.lineCount }, (_, i) => i + 1);
            if (this.sort.descending)
                this.lines.reverse();
        } else {
            const column = this.columns.find((c) => c.key === this.sort.key);
            const value = new Map(codeLines.map((line) => [line, this.value(column, line) ?? -1]));
            const sign = this.sort.descending ? -1 : 1;
            this.lines = codeLines.sort((a, b) => sign * (value.get(a) - value.get(b)) || a - b);
        }
        this.measure(codeLines);
        this.drawHead();
        this.list.root.setAttribute('aria-rowcount', String(this.lines.length + 1));
        this.list.setCount(this.lines.length);
        this.drawMap();
    }

    measure(codeLines) {
        // No value is negative, so the largest has the longest text.
        const widths = this.visibleColumns().map((column) => {
            const most = codeLines.reduce((so_far, line) => Math.max(so_far, this.value(column, line) ?? 0), 0);
            return `${Math.max(column.heading.length + 1, column.text(most).length) + 1}ch`;
        });
        let longest = 40;
        for (const line of this.source.lines)
            longest = Math.max(longest, line.length);
        const columns = `${Math.max(8, String(this.lineCount).length + 1)}ch ${widths.join(' ')} 5ch`;
        this.list.root.style.setProperty('--columns', `${columns} minmax(${Math.min(longest, 400) + 4}ch, 1fr)`);
        this.list.root.style.setProperty('--printed-columns', `${columns} minmax(0, 1fr)`);
    }

    visibleColumns() {
        return this.columns.filter((column) => this.shown.has(column.key));
    }

    toggle(key, on) {
        this.shown[on ? 'add' : 'delete'](key);
        this.prepare();
    }

    sortBy(key) {
        const descending = this.sort.key === key ? !this.sort.descending : key !== 'line';
        this.sort = { key, descending };
        this.prepare();
        this.list.root.scrollTop = 0;
    }

    drawHead() {
        const head = (key, text, number) => element('span', {
            role: 'columnheader', class: number ? 'number' : '',
            'aria-sort': this.sort.key !== key ? 'none' : this.sort.descending ? 'descending' : 'ascending',
        }, button(text, () => this.sortBy(key), { 'data-sort': key }));
        this.head.replaceChildren(head('line', 'Line', true),
            ...this.visibleColumns().map((column) => head(column.key, column.heading, true)),
            element('span', { role: 'columnheader' }, 'Heat'), element('span', { role: 'columnheader' }, 'Line Contents'));
    }

    row(index) {
        const line = this.lines[index];
        const entry = this.entryOf(line);
        const heat = heatOf(entry);
        const row = element('div', {
            class: `row${heat >= HOT ? ' hot' : heat >= WARM ? ' warm' : ''}${entry?.values.hits === 0 ? ' never' : ''}${line === this.line ? ' selected' : ''}`,
            role: 'row', 'aria-rowindex': index + 2, 'data-line': line, 'aria-current': line === this.line ? 'true' : null,
        }, element('span', { role: 'cell', class: 'number line' }, element('a', { href: linkTo(this.source, line), tabindex: '-1' }, String(line))));
        for (const column of this.visibleColumns()) {
            const value = this.value(column, line);
            row.append(element('span', { role: 'cell', class: 'number', 'data-column': column.key }, value === null ? '' : column.text(value)));
        }
        row.append(element('span', { role: 'cell' }, units.tenths(heat) === '0.0' ? '' : bar(heat)), this.text(line));
        row.addEventListener('click', (event) => {
            if (event.target.closest('a, button') || String(getSelection()))
                return;
            this.select(line, true);
        });
        return row;
    }

    text(line) {
        const cell = element('span', { role: 'cell', class: 'text' });
        let column = 0;
        if (line <= this.source.lines.length)
            for (const piece of this.highlighter().pieces(line - 1)) {
                const [text, next] = expandTabs(piece.text, column);
                column = next;
                cell.append(piece.class ? element('span', { class: piece.class }, text) : text);
            }
        for (const call of this.source.calls.get(line) ?? [])
            cell.append(element('a', { class: 'jump callee', href: linkTo(call.to.source, call.to.line), tabindex: '-1',
                title: `${call.calls} calls, ${units.time(call.total_ns)} µs` }, `→ ${call.to.name}`));
        for (const fn of this.source.functions.filter((f) => f.line === line))
            for (const call of fn.callers.slice(0, 8))
                cell.append(element('a', { class: 'jump caller', href: linkTo(call.source, call.line), tabindex: '-1',
                    title: `${call.calls} calls, ${units.time(call.total_ns)} µs` }, `← ${call.from.name}:${call.line}`));
        const others = (this.source.at.get(line) ?? []).filter((entry) => entry !== this.entryOf(line));
        if (others.length)
            cell.append(element('span', { class: 'others', title: others.map((e) => `${e.fn.name}: ${number(e, 'hits')} hits, ${units.time(number(e, 'time'))} µs`).join('\n') },
                `+${others.length} functions`));
        return cell;
    }

    rowOf(line) {
        const index = this.sort.key === 'line' && !this.sort.descending ? line - 1 : this.lines.indexOf(line);
        return Math.max(0, Math.min(this.lines.length - 1, index));
    }

    select(line, byHand = true) {
        this.line = line;
        const inside = this.source.functions.filter((fn) => fn.line <= line && line <= fn.last_line);
        const fn = inside.at(-1);
        if (fn !== this.fn) {
            this.fn = fn;
            this.list.refresh();
        }
        this.where.replaceChildren(...(fn ? [`${fn.name}: ${this.profile.weight === 'time' ? `${units.seconds(fn.time_ns)}, ` : ''}${units.count(fn.calls)} calls`,
            ...fn.callers.slice(0, 3).map((call) => element('a', { class: 'jump', href: linkTo(call.source, call.line) }, `← ${call.from.name}:${call.line}`))] : []));
        this.list.reveal(this.rowOf(line), true);
        this.list.refresh();
        if (byHand)
            history.replaceState(null, '', linkTo(this.source, line));
    }

    key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey)
            return;
        const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: this.list.pageRows, PageUp: -this.list.pageRows }[event.key];
        const at = this.rowOf(this.line);
        if (step)
            this.select(this.lines[Math.max(0, Math.min(this.lines.length - 1, at + step))]);
        else if (event.key === 'Home' || event.key === 'End')
            this.select(event.key === 'Home' ? this.lines[0] : this.lines.at(-1));
        else if (event.key === 'Enter')
            this.follow();
        else if (event.key === 'Backspace')
            history.back();
        else if (event.key === 'n' || event.key === 'N')
            this.nextHot(event.key === 'n' ? 1 : -1);
        else
            return;
        event.preventDefault();
    }

    follow() {
        const call = this.source.calls.get(this.line)?.[0];
        const caller = this.source.functions.find((fn) => fn.line === this.line)?.callers[0];
        if (call)
            this.go(linkTo(call.to.source, call.to.line));
        else if (caller)
            this.go(linkTo(caller.source, caller.line));
    }

    nextHot(sign) {
        const count = this.lines.length;
        for (let i = 1, at = this.rowOf(this.line); i <= count; i++) {
            const line = this.lines[(at + sign * i + count * 2) % count];
            const entry = this.entryOf(line);
            if (heatOf(entry) >= WARM)
                return this.select(line);
        }
    }

    drawMap() {
        let most = 0;
        for (const entries of this.source.at.values())
            most = entries.reduce((so_far, entry) => Math.max(so_far, entry.weight), most);
        this.map.draw((index) => {
            const entry = this.entryOf(this.lines[index]);
            const share = entry && most > 0 ? entry.weight / most : 0;
            return entry ? { share, colour: share > 0.2 ? '--hot' : share > 0.05 ? '--warm' : '--map' } : null;
        });
    }

    // A printer has no scrolling: the function in view, or the whole file where it is short.
    print() {
        const range = this.fn && this.lineCount > PRINTED_ROWS ? [this.fn.line - 1, this.fn.last_line] : [0, this.lineCount];
        this.list.print([range[0], Math.min(range[1], range[0] + PRINTED_ROWS)]);
    }
}
