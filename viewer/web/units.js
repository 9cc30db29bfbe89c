// Numbers as viewer/units.c prints them: tables of times in microseconds with one decimal, percentages likewise.

const UNIT_NS = 1000;

export function tenths(number) {
    return number.toFixed(1);
}

export function time(ns) {
    return ns === null || ns === undefined ? '' : tenths(ns / UNIT_NS);
}

export function percent(part, whole) {
    return whole > 0 ? tenths(100 * part / whole) : '';
}

// %g of C, for totals.
export function seconds(ns) {
    return `${Number((ns * 1e-9).toPrecision(6))} s`;
}

export function bytes(count) {
    if (count === null || count === undefined)
        return '';
    return `${tenths(count / 1048576)} MiB`;
}

export function count(number) {
    return number === null || number === undefined ? '' : String(number);
}
