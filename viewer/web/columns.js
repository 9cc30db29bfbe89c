// The columns of the annotated source: those of viewer/model/columns.c, by the same rules, and memory's.
import * as units from './units.js';

const known = (profile, entry) => profile.timed && (entry.hits > 0 || entry.time_ns > 0);

// A line's time over the threads, or the ranks (runs) of a merged profile.
export const SPREADS = {
    threads: {
        mean: (profile, entry) => entry.time_ns / Math.max(entry.threads, 1),
        least: (entry) => entry.thread_least_ns, most: (entry) => entry.thread_most_ns,
        isThere: (profile) => profile.threaded,
    },
    ranks: {
        mean: (profile, entry) => entry.time_ns / profile.profiles,
        least: (entry) => entry.least_ns, most: (entry) => entry.most_ns,
        isThere: (profile) => profile.profiles > 1,
    },
};

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
    threads: (profile, entry) => entry.threads ?? null,
    threadhits: (profile, entry) => entry.thread_most_hits,
    threadmin: (profile, entry) => timeOf(profile, entry, entry.thread_least_ns),
    threadmean: (profile, entry) => timeOf(profile, entry, SPREADS.threads.mean(profile, entry)),
    threadmax: (profile, entry) => timeOf(profile, entry, entry.thread_most_ns),
    threadimbalance: (profile, entry) => imbalanceOf(profile, entry, SPREADS.threads),
    rankmin: (profile, entry) => timeOf(profile, entry, entry.least_ns),
    rankmean: (profile, entry) => timeOf(profile, entry, SPREADS.ranks.mean(profile, entry)),
    rankmax: (profile, entry) => timeOf(profile, entry, entry.most_ns),
    imbalance: (profile, entry) => imbalanceOf(profile, entry, SPREADS.ranks),
    slowest: (profile, entry) => (profile.timed && entry.time_ns > 0 && entry.most_rank >= 0 ? entry.most_rank : null),
};

const TEXTS = {
    hits: units.count, percent: units.tenths, threads: units.count, threadhits: units.count, threadimbalance: units.tenths,
    imbalance: units.tenths, slowest: units.count,
};

const MEMORY = {
    allocated_bytes: 'Allocated', freed_bytes: 'Freed', live_bytes: 'Live', peak_bytes: 'At peak',
};

function timeOf(profile, entry, ns) {
    return known(profile, entry) ? ns : null;
}

// How much longer the slowest thread or rank takes than the mean, in percent: what the others wait for it.
export function imbalanceOf(profile, entry, spread) {
    const mean = spread.mean(profile, entry);
    return profile.timed && mean > 0 ? 100 * (spread.most(entry) - mean) / mean : null;
}

// {key, heading, shown, value(entry, memory), text(value)}; where there is no value it is null.
export function columnsOf(profile) {
    const spread = (column) => SPREADS[column.key === 'threads' ? 'threads' : column.shown];
    const there = (column) => VALUES[column.key] && (!spread(column) || spread(column).isThere(profile));
    const columns = profile.columns.filter(there).map((column) => ({
        ...column, shown: column.shown === 'always', text: TEXTS[column.key] ?? units.time,
        value: (entry) => (entry ? VALUES[column.key](profile, entry) : null),
    }));
    if (profile.hasMemory)
        for (const [key, heading] of Object.entries(MEMORY))
            columns.push({ key, heading, shown: key !== 'freed_bytes', text: units.bytes, value: (entry, memory) => memory?.[key] || null });
    return columns;
}
