// Numbers as viewer/model/units.c prints them: tables of times in microseconds with one decimal, percentages likewise.

const UNIT = 1e-9 / 1e-6;

// %.1f of C: of two decimals that are equally near the even one, where toFixed takes the larger. Only quarters are such.
export function tenths(number) {
    const even = Math.abs(number) % 1 === 0.25 ? number - Math.sign(number) * 0.05 : number;
    return even.toFixed(1);
}

export function time(ns) {
    return ns === null || ns === undefined ? '' : tenths(ns * UNIT);
}

export function percent(part, whole) {
    return whole > 0 ? tenths(100 * part / whole) : '';
}

export function signed(text) {
    return text === '' || text === '0.0' || text.startsWith('-') ? text : `+${text}`;
}

// %g of C, for totals.
export function seconds(ns) {
    return `${Number((ns * 1e-9).toPrecision(6))} s`;
}

// Where there is room for a few digits alone.
export function brief(ns) {
    const [size, name] = ns >= 1e9 ? [1e9, 's'] : ns >= 1e6 ? [1e6, 'ms'] : [1e3, 'µs'];
    return `${Number((ns / size).toPrecision(3))} ${name}`;
}

export function bytes(count) {
    if (count === null || count === undefined)
        return '';
    return `${tenths(count / 1048576)} MiB`;
}

export function ratio(number) {
    return number === null || number === undefined ? '' : number.toFixed(2);
}

// Counts as they are; means of several runs with a decimal.
export function count(number) {
    if (number === null || number === undefined)
        return '';
    return Number.isInteger(number) ? String(number) : tenths(number);
}

// By the kind of a column.
export const KINDS = { count, bytes, time, percent: tenths, ratio };
