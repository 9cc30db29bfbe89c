// Elements, whose contents are always text: nothing from a profile is ever parsed as HTML.

export function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
        if (value === undefined || value === null || value === false)
            continue;
        if (key.startsWith('on'))
            made.addEventListener(key.slice(2), value);
        else if (key === 'class')
            made.className = value;
        else
            made.setAttribute(key, value === true ? '' : value);
    }
    made.append(...children.filter((child) => child !== undefined && child !== null));
    return made;
}

export function button(text, act, properties = {}) {
    return element('button', { type: 'button', onclick: act, ...properties }, text);
}

// A bar beside a percentage, which says the same as a number: the colour alone means nothing.
export function bar(percent) {
    const inner = element('span', { class: 'bar-inner' });
    inner.style.width = `${Math.max(0, Math.min(100, percent || 0))}%`;
    return element('span', { class: 'bar', 'aria-hidden': 'true' }, inner);
}

const FILTER_FROM = 20;

const textOf = (column, row) => String(column.text ? column.text(row) : column.value(row) ?? '');

// A cell of the table; the first one, where it is a text, is the row's heading.
function cellOf(column, row, first) {
    const heads = first && !column.number;
    return element(heads ? 'th' : 'td', { class: column.number ? 'number' : '', scope: heads ? 'row' : null },
        column.cell ? column.cell(row) : textOf(column, row));
}

class SortableTable {
    constructor(caption, columns, rows, { sort = 0, descending = true, limit = 1000 }) {
        Object.assign(this, { columns, rows, sort, descending, limit });
        this.body = element('tbody');
        this.note = element('p', { class: 'unit', 'aria-live': 'polite', hidden: true });
        this.heads = columns.map((column, i) => element('th', { scope: 'col', class: column.number ? 'number' : '' },
            button(column.heading, () => this.resort(i))));
        this.filter = rows.length > FILTER_FROM ? element('input', { type: 'search', class: 'filter', placeholder: 'Filter',
            'aria-label': `Filter: ${caption}`, oninput: () => this.fill() }) : null;
        this.root = element('div', { class: 'table' }, element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
            element('table', {}, element('caption', {}, caption, this.filter),
                element('thead', {}, element('tr', {}, ...this.heads)), this.body)), this.note);
        this.fill();
    }

    resort(i) {
        this.descending = this.sort === i ? !this.descending : Boolean(this.columns[i].number);
        this.sort = i;
        this.fill();
    }

    chosen() {
        const words = this.filter?.value.toLowerCase();
        const said = this.columns.filter((column) => !column.number);
        return words ? this.rows.filter((row) => said.some((column) => textOf(column, row).toLowerCase().includes(words))) : this.rows;
    }

    sorted() {
        const { value } = this.columns[this.sort];
        const sign = this.descending ? -1 : 1;
        const compare = (a, b) => (a < b ? -sign : a > b ? sign : 0);
        return [...this.chosen()].sort((a, b) => compare(value(a), value(b)));
    }

    fill() {
        const sorted = this.sorted();
        this.heads.forEach((head, i) => head.setAttribute('aria-sort',
            i !== this.sort ? 'none' : this.descending ? 'descending' : 'ascending'));
        this.body.replaceChildren(...sorted.slice(0, this.limit).map((row) =>
            element('tr', {}, ...this.columns.map((column, i) => cellOf(column, row, i === 0)))));
        this.note.hidden = sorted.length <= this.limit && !this.filter?.value;
        this.note.textContent = `${Math.min(this.limit, sorted.length)} of ${this.rows.length} rows`;
    }
}

// A table that its headings sort, and that can be filtered by what its rows say where it is long. `columns`: {heading,
// value(row), text(row), cell(row), number}. Of more than `limit` rows the first are there, and it says so.
export function sortableTable(caption, columns, rows, options = {}) {
    return new SortableTable(caption, columns, rows, options).root;
}
