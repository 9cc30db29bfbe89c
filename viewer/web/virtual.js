// A list of rows of one height of which only those on the screen exist.
import { element } from './dom.js';

const MARGIN = 20;

export class VirtualList {
    // `make(index)` gives row `index` as an element.
    constructor(rowHeight, make) {
        this.rowHeight = rowHeight;
        this.make = make;
        this.count = 0;
        this.canvas = element('div', { class: 'virtual-canvas', role: 'rowgroup' });
        this.root = element('div', { class: 'virtual', tabindex: '0' }, this.canvas);
        this.root.addEventListener('scroll', () => this.draw());
        new ResizeObserver(() => this.draw()).observe(this.root);
    }

    setCount(count) {
        this.count = count;
        this.canvas.style.height = `${count * this.rowHeight}px`;
        this.refresh();
    }

    // All rows that exist are made anew.
    refresh() {
        if (this.printed)
            this.show(...this.printed);
        this.first = this.last = -1;
        this.draw();
    }

    // A printer has no scrolling: these rows, wherever the screen is, until `range` is null again.
    print(range) {
        this.printed = range;
        this.refresh();
    }

    draw() {
        if (this.printed)
            return;
        const top = Math.floor(this.root.scrollTop / this.rowHeight);
        const visible = Math.ceil(this.root.clientHeight / this.rowHeight);
        const first = Math.max(0, top - MARGIN);
        const last = Math.min(this.count, top + visible + MARGIN);
        if (first === this.first && last === this.last)
            return;
        this.show(first, last);
    }

    show(first, last) {
        [this.first, this.last] = [first, last];
        const rows = [];
        for (let i = first; i < Math.min(last, this.count); i++) {
            const row = this.make(i);
            row.style.top = `${i * this.rowHeight}px`;
            rows.push(row);
        }
        this.canvas.replaceChildren(...rows);
    }

    get pageRows() {
        return Math.max(1, Math.floor(this.root.clientHeight / this.rowHeight) - 2);
    }

    // Row `index` comes a third below the top; nearer only as far as it must where `gently`.
    reveal(index, gently = false) {
        const at = index * this.rowHeight;
        const { scrollTop, clientHeight } = this.root;
        if (gently && at >= scrollTop + this.rowHeight && at + 2 * this.rowHeight <= scrollTop + clientHeight)
            return;
        this.root.scrollTop = Math.max(0, at - (gently && at > scrollTop
            ? clientHeight - 3 * this.rowHeight : clientHeight / 3));
        this.draw();
    }
}
