// The profile as the page wants it: what viewer/page/page_profile.c wrote, with who stands on which line and who calls whom.
import { hasGroup, number } from './columns.js';
import { labelSources, readSources } from './sources.js';

export function rowsOf(columns) {
    const names = Object.keys(columns);
    const length = names.length ? columns[names[0]].length : 0;
    return Array.from({ length }, (_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
}

const keyOf = (file, line, name) => `${file}\n${line}\n${name}`;

// The functions' lines by the line of each file: [{fn, source, line, values}].
function placeLines(profile) {
    for (const fn of profile.functions) {
        const { source, line, values } = fn.lines;
        fn.entries = line.map((number, i) => ({
            fn, source: profile.sources[source[i]], line: number,
            values: Object.fromEntries(profile.columns.map(({ key }) => [key, values[key][i]])),
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
            entries.sort((a, b) => number(b, 'time') - number(a, 'time') || number(b, 'hits') - number(a, 'hits'));
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

const WEIGHERS = { time: 'time', memory: 'allocated', hits: 'hits' };

// What shares and heat are of: own and whole time; allocated bytes where memory was measured; or else hits.
function weigh(profile) {
    const timed = profile.timed && profile.self_ns > 0;
    profile.weight = timed ? 'time' : profile.hasMemory ? 'memory' : 'hits';
    const weigher = WEIGHERS[profile.weight];
    for (const fn of profile.functions) {
        for (const entry of fn.entries)
            entry.weight = number(entry, weigher);
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
        Object.assign(source, { at: new Map(), calls: new Map(), functions: [] });
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
    labelSources(profile.sources);
    for (const fn of profile.functions)
        if (!fn.self_ns)
            fn.self_ns = fn.entries.reduce((sum, entry) => sum + number(entry, 'self'), 0);
    profile.self_ns = profile.functions.reduce((sum, fn) => sum + fn.self_ns, 0);
    profile.hasMemory = hasGroup(profile, 'memory');
    weigh(profile);
    return profile;
}
