// The columns of the annotated source, as the profile describes them (viewer/model/columns.c): {key, heading, kind, group,
// shown}. Each line has its values by key; null is none.
import { KINDS } from './units.js';

// A line's time over the threads, or the ranks (runs) of a merged profile: the columns that say it.
export const SPREADS = {
    threads: { least: 'threadmin', mean: 'threadmean', most: 'threadmax', imbalance: 'threadimbalance' },
    ranks: { least: 'rankmin', mean: 'rankmean', most: 'rankmax', imbalance: 'imbalance' },
};

export function hasGroup(profile, group) {
    return profile.columns.some((column) => column.group === group);
}

// What the column says of a line; 0 where it says nothing.
export function number(entry, key) {
    return entry.values[key] ?? 0;
}

// {key, heading, kind, shown, value(entry), text(value)}; where there is no value it is null. No bytes are left blank.
export function columnsOf(profile) {
    return profile.columns.map((column) => ({
        ...column, text: KINDS[column.kind],
        value: (entry) => (column.kind === 'bytes' ? entry?.values[column.key] || null : entry?.values[column.key] ?? null),
    }));
}
