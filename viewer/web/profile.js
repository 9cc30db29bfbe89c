// The profile as the page wants it: what viewer/page/page_profile.c wrote, with who stands on which line and who calls whom.
import { labelSources, readSources } from './sources.js';

export function rowsOf(columns) {
    const names = Object.keys(columns);
    const length = names.length ? columns[names[0]].length : 0;
    return Array.from({ length }, (_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
}

const keyOf = (file, line, name) => `${file}\n${line}\n${name}`;

// The functions' lines by the line of each file: [{function, hits, time_ns, ...}].
function placeLines(profile) {
    for (const fn of profile.functions) {
        const lines = fn.lines;
        fn.entries = lines.line.map((line, i) => ({
            fn, source: profile.sources[lines.source[i]], line, hits: lines.hits[i], time_ns: lines.time_ns[i],
            self_ns: lines.self_ns[i], error_ns: lines.error_ns[i], min_ns: lines.min_ns[i], max_ns: lines.max_ns[i],
            ...(lines.most_ns ? { least_ns: lines.least_ns[i], most_ns: lines.most_ns[i], most_rank: lines.most_rank[i] } : {}),
            ...(lines.threads ? {
                threads: lines.threads[i], thread_least_ns: lines.thread_least_ns[i], thread_most_ns: lines.thread_most_ns[i],
                thread_most_hits: lines.thread_most_hits[i],
            } : {}),
        }));
        for (const entry of fn.entries) {
            const at = entry.source.at;
            if (at.has(entry.line))
                at.get(entry.line).push(entry);
            else
                at.set(entry.line, [entry]);
        }
    }
    for (const source of profile.sources)
        for (const entries of source.at.values())
            entries.sort((a, b) => b.time_ns - a.time_ns || b.hits - a.hits);
}

function placeCalls(profile, byKey) {
    profile.calls = [];
    const byPath = new Map(profile.sources.map((source) => [source.path, source]));
    const callers = new Map();
    for (const fn of profile.functions) {
        const key = `${fn.name}\n${fn.line}`;
        callers.set(key, [...(callers.get(key) ?? []), fn]);
    }
    for (const row of profile.views.calls) {
        const of = callers.get(`${row.caller}\n${row.caller_function_line}`) ?? [];
        const call = {
            ...row, source: byPath.get(row.caller_file), line: row.caller_line,
            from: of.find((fn) => fn.source.path === row.caller_file) ?? of[0],
            to: byKey.get(keyOf(row.callee_file, row.callee_line, row.callee)),
        };
        if (!call.from || !call.to || !call.source)
            continue; // a filter left one of them out
        profile.calls.push(call);
        call.from.callees.push(call);
        call.to.callers.push(call);
        if (!call.source.calls.has(call.line))
            call.source.calls.set(call.line, []);
        call.source.calls.get(call.line).push(call);
    }
}

function placeMemory(profile) {
    const byPath = new Map(profile.sources.map((source) => [source.path, source]));
    for (const row of profile.views.memory_lines) {
        const source = byPath.get(row.file);
        if (source)
            source.memory.set(row.line, row);
    }
}

// What shares and heat are of: own and whole time; allocated bytes where memory was measured; or else hits.
function weigh(profile) {
    const timed = profile.timed && profile.self_ns > 0;
    const bytes = (entry) => entry.source.memory.get(entry.line)?.allocated_bytes ?? 0;
    const weigh = timed ? (e) => e.time_ns : profile.hasMemory ? bytes : (e) => e.hits;
    profile.weight = timed ? 'time' : profile.hasMemory ? 'memory' : 'hits';
    for (const fn of profile.functions) {
        for (const entry of fn.entries)
            entry.weight = weigh(entry);
        fn.weight = timed ? fn.time_ns : fn.entries.reduce((sum, entry) => sum + entry.weight, 0);
        fn.own = timed ? fn.self_ns : fn.weight;
    }
    profile.own = profile.functions.reduce((sum, fn) => sum + fn.own, 0);
}

// Of all own time (or bytes, or hits), in percent.
export function shareOf(profile, fn) {
    return profile.own > 0 ? 100 * fn.own / profile.own : 0;
}

export function heatOf(entry) {
    return entry && entry.fn.weight > 0 ? 100 * entry.weight / entry.fn.weight : 0;
}

export function readProfile(profile) {
    for (const name of Object.keys(profile.views))
        profile.views[name] = rowsOf(profile.views[name]);
    readSources(profile.sources);
    for (const source of profile.sources)
        Object.assign(source, { at: new Map(), calls: new Map(), memory: new Map(), functions: [] });
    const byKey = new Map();
    for (const fn of profile.functions) {
        fn.source = profile.sources[fn.source];
        fn.source.functions.push(fn);
        Object.assign(fn, { callees: [], callers: [], calls: 0, total_ns: fn.time_ns, self_ns: 0 });
        byKey.set(keyOf(fn.source.path, fn.line, fn.name), fn);
    }
    for (const row of profile.views.functions) {
        const fn = byKey.get(keyOf(row.file, row.line, row.function));
        if (fn)
            Object.assign(fn, { calls: row.calls, total_ns: row.total_ns, self_ns: row.self_ns });
    }
    placeLines(profile);
    placeCalls(profile, byKey);
    placeMemory(profile);
    labelSources(profile.sources);
    for (const fn of profile.functions)
        if (!fn.self_ns)
            fn.self_ns = fn.entries.reduce((sum, entry) => sum + entry.self_ns, 0);
    profile.self_ns = profile.functions.reduce((sum, fn) => sum + fn.self_ns, 0);
    profile.hasMemory = profile.views.memory_lines.length > 0;
    weigh(profile);
    return profile;
}
