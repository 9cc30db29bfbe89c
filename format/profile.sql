-- The profile: one SQLite database. docs/profile-format.md explains it; the views are the stable interface.
-- meta: 'kind' is 'lines' (a .lprof), 'functions' (a .prof), 'memory' (memprof, by line) or 'samples' (memprof run);
-- 'profiles', in a merged one: how many were merged.
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- sampler: where own time came from: 'perf', 'timer', or empty where none was sampled.
CREATE TABLE run (
    id INTEGER PRIMARY KEY, command TEXT, start REAL, duration_ns INTEGER, host TEXT, pid INTEGER, rank INTEGER,
    exit_status INTEGER, timing TEXT, clean INTEGER, threads INTEGER, sampler TEXT, lost_samples INTEGER);
CREATE TABLE module (id INTEGER PRIMARY KEY, path TEXT, build_id TEXT, map_hash INTEGER);
-- The text of a source file: whole, or (whole = 0) only the lines of the profiled functions, others being empty.
-- `text` is compressed with zstd; `size` is its length before. A merged profile can hold several versions of a file.
CREATE TABLE source (
    id INTEGER PRIMARY KEY, path TEXT, checksum INTEGER, whole INTEGER, changed INTEGER, size INTEGER, text BLOB);
CREATE INDEX source_path ON source (path);
-- primitive_calls: of them those with no other activation of the function under them, as cProfile counts.
CREATE TABLE function (
    id INTEGER PRIMARY KEY, module INTEGER REFERENCES module, source INTEGER REFERENCES source, line INTEGER,
    last_line INTEGER, name TEXT, linkage_name TEXT, calls INTEGER, primitive_calls INTEGER, total_ns INTEGER,
    self_ns INTEGER);
-- time_ns is wall time, calls included; wait_ns the part of it in which the thread did not run. 0 in min_ns, max_ns: not known.
CREATE TABLE line (
    function INTEGER REFERENCES function, source INTEGER REFERENCES source, line INTEGER, hits INTEGER,
    time_ns INTEGER, self_ns INTEGER, error_ns INTEGER, min_ns INTEGER, max_ns INTEGER, wait_ns INTEGER,
    PRIMARY KEY (function, source, line)) WITHOUT ROWID;
-- Of programs with several threads: what each did of a line. thread: from 1, in the order in which the threads of their
-- process began to count; one that starts after another has ended can have its number.
CREATE TABLE thread_line (
    function INTEGER REFERENCES function, source INTEGER REFERENCES source, line INTEGER, thread INTEGER, hits INTEGER,
    time_ns INTEGER, PRIMARY KEY (function, source, line, thread)) WITHOUT ROWID;
-- Kinds of cost besides time that were sampled (kernprof --event): name as the option has it, such as 'page-faults'; unit: what
-- is counted, for people. line_event: how often it happened on a line, estimated from samples. Profiles that were made before
-- kernprof sampled events have neither table.
CREATE TABLE event (id INTEGER PRIMARY KEY, name TEXT UNIQUE, unit TEXT);
CREATE TABLE line_event (
    function INTEGER REFERENCES function, source INTEGER REFERENCES source, line INTEGER, event INTEGER REFERENCES event,
    count INTEGER, PRIMARY KEY (function, source, line, event)) WITHOUT ROWID;
-- Calls of profiled functions by profiled functions; caller_source is the file of the call's line.
CREATE TABLE arc (
    caller INTEGER REFERENCES function, caller_source INTEGER REFERENCES source, caller_line INTEGER,
    callee INTEGER REFERENCES function, calls INTEGER, primitive_calls INTEGER, total_ns INTEGER, self_ns INTEGER,
    PRIMARY KEY (caller, caller_source, caller_line, callee)) WITHOUT ROWID;
-- In merged profiles: in how many of them there was such a row, and the least and most of each; max_rank is the rank of
-- the one with the most time (the lowest of equals). Only whole numbers, so that any grouping of merges gives the same.
CREATE TABLE line_spread (
    function INTEGER REFERENCES function, source INTEGER REFERENCES source, line INTEGER, profiles INTEGER,
    min_hits INTEGER, max_hits INTEGER, min_time_ns INTEGER, max_time_ns INTEGER, max_rank INTEGER,
    PRIMARY KEY (function, source, line)) WITHOUT ROWID;
CREATE TABLE function_spread (
    function INTEGER PRIMARY KEY REFERENCES function, profiles INTEGER, min_calls INTEGER, max_calls INTEGER,
    min_total_ns INTEGER, max_total_ns INTEGER, max_rank INTEGER);
-- min_ns, max_ns: of one call; threads: how many called it; thread_ns: the largest total of one thread.
CREATE TABLE timer (
    name TEXT PRIMARY KEY, calls INTEGER, total_ns INTEGER, min_ns INTEGER, max_ns INTEGER, threads INTEGER,
    thread_ns INTEGER) WITHOUT ROWID;
-- What lines allocated (docs/memory.md). usage_bytes: the most that was in use after the line; increment_bytes: what that
-- grew by while the line ran, callees included.
CREATE TABLE memory_line (
    function INTEGER REFERENCES function, source INTEGER REFERENCES source, line INTEGER, occurrences INTEGER,
    allocated_bytes INTEGER, freed_bytes INTEGER, live_bytes INTEGER, peak_bytes INTEGER, allocations INTEGER,
    frees INTEGER, temporary INTEGER, live_blocks INTEGER, usage_bytes INTEGER, increment_bytes INTEGER);
-- What processes allocated. mappings are not among allocations; `outside` is what belongs to no profiled line.
CREATE TABLE memory_process (
    pid INTEGER, allocations INTEGER, allocated_bytes INTEGER, frees INTEGER, freed_bytes INTEGER, temporary INTEGER,
    mappings INTEGER, mapped_bytes INTEGER, unmapped_bytes INTEGER, live_blocks INTEGER, live_bytes INTEGER,
    peak_bytes INTEGER, lost INTEGER, own_allocator INTEGER, outside_allocations INTEGER, outside_allocated_bytes INTEGER,
    outside_live_blocks INTEGER, outside_live_bytes INTEGER, outside_peak_bytes INTEGER);
-- Memory over time; time_ns is nanoseconds since 1970. pss_bytes: NULL where it was not taken.
CREATE TABLE memory_sample (pid INTEGER, time_ns INTEGER, rss_bytes INTEGER, pss_bytes INTEGER);
-- Calls of profiled functions while memory was sampled.
CREATE TABLE memory_mark (
    pid INTEGER, function TEXT, start_ns INTEGER, end_ns INTEGER, start_bytes INTEGER, end_bytes INTEGER, level INTEGER);

CREATE VIEW lines AS
    SELECT s.path AS file, l.line AS line, f.name AS function, SUM(l.hits) AS hits, SUM(l.time_ns) AS time_ns,
           SUM(l.self_ns) AS self_ns, SUM(l.error_ns) AS error_ns, MIN(NULLIF(l.min_ns, 0)) AS min_ns,
           MAX(l.max_ns) AS max_ns, SUM(l.wait_ns) AS wait_ns, MAX(COALESCE(
               (SELECT NULLIF(COUNT(*), 0) FROM thread_line t WHERE t.function = l.function AND t.source = l.source AND
                t.line = l.line), l.hits > 0)) AS threads, f.line AS function_line
    FROM line l JOIN function f ON f.id = l.function JOIN source s ON s.id = l.source
    GROUP BY s.path, s.id, l.line, f.name, f.line, f.source ORDER BY s.path, s.id, l.line;
CREATE VIEW thread_lines AS
    SELECT s.path AS file, l.line AS line, f.name AS function, l.thread AS thread, SUM(l.hits) AS hits,
           SUM(l.time_ns) AS time_ns, f.line AS function_line
    FROM thread_line l JOIN function f ON f.id = l.function JOIN source s ON s.id = l.source
    GROUP BY s.path, s.id, l.line, f.name, f.line, f.source, l.thread ORDER BY s.path, s.id, l.line, l.thread;
CREATE VIEW line_events AS
    SELECT s.path AS file, l.line AS line, f.name AS function, e.name AS event, e.unit AS unit, SUM(l.count) AS count,
           f.line AS function_line
    FROM line_event l JOIN event e ON e.id = l.event JOIN function f ON f.id = l.function JOIN source s ON s.id = l.source
    GROUP BY s.path, s.id, l.line, f.name, f.line, f.source, e.id ORDER BY s.path, s.id, l.line, e.name;
CREATE VIEW functions AS
    SELECT s.path AS file, f.line AS line, f.name AS function, SUM(f.calls) AS calls, SUM(f.total_ns) AS total_ns,
           SUM(f.self_ns) AS self_ns, SUM(f.primitive_calls) AS primitive_calls, MAX(f.last_line) AS last_line,
           COUNT(*) AS instances
    FROM function f JOIN source s ON s.id = f.source GROUP BY s.path, s.id, f.line, f.name ORDER BY s.path, s.id, f.line;
CREATE VIEW calls AS
    SELECT cs.path AS caller_file, a.caller_line AS caller_line, c.name AS caller, e.name AS callee,
           SUM(a.calls) AS calls, SUM(a.total_ns) AS total_ns, SUM(a.primitive_calls) AS primitive_calls,
           SUM(a.self_ns) AS self_ns, c.line AS caller_function_line, es.path AS callee_file, e.line AS callee_line
    FROM arc a JOIN function c ON c.id = a.caller JOIN source cs ON cs.id = a.caller_source
         JOIN function e ON e.id = a.callee JOIN source es ON es.id = e.source
    GROUP BY cs.path, cs.id, a.caller_line, c.name, c.line, es.path, es.id, e.name, e.line;
CREATE VIEW timers AS SELECT name, calls, total_ns, min_ns, max_ns, threads, thread_ns FROM timer;
CREATE VIEW memory_lines AS
    SELECT s.path AS file, m.line AS line, f.name AS function, SUM(m.occurrences) AS occurrences,
           SUM(m.allocated_bytes) AS allocated_bytes, SUM(m.freed_bytes) AS freed_bytes, SUM(m.live_bytes) AS live_bytes,
           SUM(m.peak_bytes) AS peak_bytes, SUM(m.allocations) AS allocations, SUM(m.frees) AS frees,
           SUM(m.temporary) AS temporary, SUM(m.live_blocks) AS live_blocks, MAX(m.usage_bytes) AS usage_bytes,
           SUM(m.increment_bytes) AS increment_bytes, f.line AS function_line
    FROM memory_line m JOIN function f ON f.id = m.function JOIN source s ON s.id = m.source
    GROUP BY s.path, s.id, m.line, f.name, f.line;
CREATE VIEW memory_samples AS SELECT pid, time_ns, rss_bytes, pss_bytes FROM memory_sample;
CREATE VIEW memory_processes AS SELECT * FROM memory_process;
CREATE VIEW memory_marks AS SELECT pid, function, start_ns, end_ns, start_bytes, end_bytes, level FROM memory_mark;
CREATE VIEW runs AS
    SELECT command, start, duration_ns, host, pid, rank, exit_status, timing, clean, threads, sampler, lost_samples
    FROM run;
