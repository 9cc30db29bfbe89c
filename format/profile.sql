-- The profile: one SQLite database. docs/profile-format.md explains it; the views are the stable interface.
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE run (
    id INTEGER PRIMARY KEY, command TEXT, start REAL, duration_ns INTEGER, host TEXT, pid INTEGER, rank INTEGER,
    exit_status INTEGER, timing TEXT, clean INTEGER);
CREATE TABLE module (id INTEGER PRIMARY KEY, path TEXT, build_id TEXT, map_hash INTEGER);
-- The text of a source file: whole, or (whole = 0) only the lines of the profiled functions, others being empty.
-- `text` is compressed with zstd; `size` is its length before.
CREATE TABLE source (
    id INTEGER PRIMARY KEY, path TEXT UNIQUE, checksum INTEGER, whole INTEGER, changed INTEGER, size INTEGER, text BLOB);
CREATE TABLE function (
    id INTEGER PRIMARY KEY, module INTEGER REFERENCES module, source INTEGER REFERENCES source, line INTEGER,
    last_line INTEGER, name TEXT, linkage_name TEXT, calls INTEGER, total_ns INTEGER, self_ns INTEGER);
CREATE TABLE line (
    function INTEGER REFERENCES function, source INTEGER REFERENCES source, line INTEGER, hits INTEGER,
    time_ns INTEGER, self_ns INTEGER, error_ns INTEGER, min_ns INTEGER, max_ns INTEGER,
    PRIMARY KEY (function, source, line)) WITHOUT ROWID;
CREATE TABLE arc (
    caller INTEGER REFERENCES function, caller_line INTEGER, callee INTEGER REFERENCES function, calls INTEGER,
    total_ns INTEGER);
CREATE TABLE timer (name TEXT PRIMARY KEY, calls INTEGER, total_ns INTEGER) WITHOUT ROWID;
CREATE TABLE memory_line (
    function INTEGER REFERENCES function, source INTEGER REFERENCES source, line INTEGER, occurrences INTEGER,
    allocated_bytes INTEGER, freed_bytes INTEGER, live_bytes INTEGER, peak_bytes INTEGER);
CREATE TABLE memory_sample (pid INTEGER, time_ns INTEGER, rss_bytes INTEGER);

CREATE VIEW lines AS
    SELECT s.path AS file, l.line AS line, f.name AS function, SUM(l.hits) AS hits, SUM(l.time_ns) AS time_ns,
           SUM(l.self_ns) AS self_ns, SUM(l.error_ns) AS error_ns, MIN(NULLIF(l.min_ns, 0)) AS min_ns,
           MAX(l.max_ns) AS max_ns, f.line AS function_line
    FROM line l JOIN function f ON f.id = l.function JOIN source s ON s.id = l.source
    GROUP BY s.path, l.line, f.name, f.line, f.source ORDER BY s.path, l.line;
CREATE VIEW functions AS
    SELECT s.path AS file, f.line AS line, f.name AS function, SUM(f.calls) AS calls, SUM(f.total_ns) AS total_ns,
           SUM(f.self_ns) AS self_ns, MAX(f.last_line) AS last_line, COUNT(*) AS instances
    FROM function f JOIN source s ON s.id = f.source GROUP BY s.path, f.line, f.name ORDER BY s.path, f.line;
CREATE VIEW calls AS
    SELECT cs.path AS caller_file, a.caller_line AS caller_line, c.name AS caller, e.name AS callee,
           SUM(a.calls) AS calls, SUM(a.total_ns) AS total_ns
    FROM arc a JOIN function c ON c.id = a.caller JOIN source cs ON cs.id = c.source JOIN function e ON e.id = a.callee
    GROUP BY cs.path, a.caller_line, c.name, e.name;
CREATE VIEW timers AS SELECT name, calls, total_ns FROM timer;
CREATE VIEW memory_lines AS
    SELECT s.path AS file, m.line AS line, f.name AS function, SUM(m.occurrences) AS occurrences,
           SUM(m.allocated_bytes) AS allocated_bytes, SUM(m.freed_bytes) AS freed_bytes, SUM(m.live_bytes) AS live_bytes,
           SUM(m.peak_bytes) AS peak_bytes
    FROM memory_line m JOIN function f ON f.id = m.function JOIN source s ON s.id = m.source
    GROUP BY s.path, m.line, f.name;
CREATE VIEW memory_samples AS SELECT pid, time_ns, rss_bytes FROM memory_sample;
CREATE VIEW runs AS
    SELECT command, start, duration_ns, host, pid, rank, exit_status, timing, clean FROM run;
