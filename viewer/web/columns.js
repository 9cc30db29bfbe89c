// The columns of the annotated source: those of viewer/columns.c, by the same rules, and memory's.
import * as units from './units.js';

const known = (profile, entry) => profile.timed && (entry.hits > 0 || entry.time_ns > 0);
const meanOf = (profile, entry) => entry.time_ns / profile.profiles;

// Numbers, or null where there is none.
const VALUES = {
    hits: (profile, entry) => entry.hits,
    time: (profile, entry) => timeOf(profile, entry, entry.time_ns),
    perhit: (profile, entry) => (profile.timed && entry.hits > 0 ? entry.time_ns / entry.hits : null),
    percent: (profile, entry) => (known(profile, entry) && entry.fn.time_ns > 0 ? 100 * entry.time_ns / entry.fn.time_ns : null),
    self: (profile, entry) => timeOf(profile, entry, entry.self_ns),
    error: (profile, entry) => timeOf(profile, entry, entry.error_ns),
    min: (profile, entry) => (entry.min_ns > 0 ? timeOf(profile, entry, entry.min_ns) : null),
    max: (profile, entry) => (entry.max_ns > 0 ? timeOf(profile, entry, entry.max_ns) : null),
    rankmin: (profile, entry) => timeOf(profile, entry, entry.least_ns),
    rankmean: (profile, entry) => timeOf(profile, entry, meanOf(profile, entry)),
    rankmax: (profile, entry) => timeOf(profile, entry, entry.most_ns),
    imbalance: (profile, entry) => imbalanceOf(profile, entry),
    slowest: (profile, entry) => (profile.timed && entry.time_ns > 0 && entry.most_rank >= 0 ? entry.most_rank : null),
};

const TEXTS = { hits: units.count, percent: units.tenths, imbalance: units.tenths, slowest: units.count };

const MEMORY = {
    allocated_bytes: 'Allocated', freed_bytes: 'Freed', live_bytes: 'Live', peak_bytes: 'At peak',
};

function timeOf(profile, entry, ns) {
    return known(profile, entry) ? ns : null;
}

// How much longer the slowest rank takes than the mean, in percent: what the others wait for it.
export function imbalanceOf(profile, entry) {
    const mean = meanOf(profile, entry);
    return profile.timed && mean > 0 ? 100 * (entry.most_ns - mean) / mean : null;
}

// {key, heading, shown, value(entry, memory), text(value)}; where there is no value it is null.
export function columnsOf(profile) {
    const there = (column) => VALUES[column.key] && (column.shown !== 'ranks' || profile.profiles > 1);
    const columns = profile.columns.filter(there).map((column) => ({
        ...column, shown: column.shown === 'always', text: TEXTS[column.key] ?? units.time,
        value: (entry) => (entry ? VALUES[column.key](profile, entry) : null),
    }));
    if (profile.hasMemory)
        for (const [key, heading] of Object.entries(MEMORY))
            columns.push({ key, heading, shown: key !== 'freed_bytes', text: units.bytes, value: (entry, memory) => memory?.[key] || null });
    return columns;
}
