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

// A table that its headings sort, and that can be filtered by what its rows say where it is long. `columns`: {heading,
// value(row), text(row), cell(row), number}. Of more than `limit` rows the first are there, and it says so.
export function sortableTable(caption, columns, rows, { sort = 0, descending = true, limit = 1000 } = {}) {
    const body = element('tbody');
    const note = element('p', { class: 'unit', 'aria-live': 'polite', hidden: true });
    const heads = columns.map((column, i) => element('th', { scope: 'col', class: column.number ? 'number' : '' },
        button(column.heading, () => resort(i))));
    const filter = rows.length > FILTER_FROM ? element('input', { type: 'search', class: 'filter', placeholder: 'Filter',
        'aria-label': `Filter: ${caption}`, oninput: () => fill() }) : null;
    const textOf = (column, row) => String(column.text ? column.text(row) : column.value(row) ?? '');
    function resort(i) {
        descending = sort === i ? !descending : Boolean(columns[i].number);
        sort = i;
        fill();
    }
    function chosen() {
        const words = filter?.value.toLowerCase();
        const said = columns.filter((column) => !column.number);
        return words ? rows.filter((row) => said.some((column) => textOf(column, row).toLowerCase().includes(words))) : rows;
    }
    function fill() {
        const value = columns[sort].value;
        const sign = descending ? -1 : 1;
        const compare = (a, b) => (a < b ? -sign : a > b ? sign : 0);
        const sorted = [...chosen()].sort((a, b) => compare(value(a), value(b)));
        heads.forEach((head, i) => head.setAttribute('aria-sort',
            i !== sort ? 'none' : descending ? 'descending' : 'ascending'));
        body.replaceChildren(...sorted.slice(0, limit).map((row) => element('tr', {}, ...columns.map((column, i) =>
            element(i === 0 && !column.number ? 'th' : 'td',
                { class: column.number ? 'number' : '', scope: i === 0 && !column.number ? 'row' : null },
                column.cell ? column.cell(row) : textOf(column, row))))));
        note.hidden = sorted.length <= limit && !filter?.value;
        note.textContent = `${Math.min(limit, sorted.length)} of ${rows.length} rows`;
    }
    fill();
    return element('div', { class: 'table' }, element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
        element('table', {}, element('caption', {}, caption, filter), element('thead', {}, element('tr', {}, ...heads)), body)), note);
}
