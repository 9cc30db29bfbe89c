-- Fixed work for the SQLite shell: nothing in it depends on time, addresses or random numbers (names of temporary files do).
.testctrl prng_seed 1
.headers on
PRAGMA page_size = 1024;
PRAGMA journal_mode = wal;
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b TEXT COLLATE NOCASE, c REAL, d BLOB, CHECK (a > -1000));
CREATE INDEX ta ON t(a, b);
CREATE UNIQUE INDEX td ON t(d) WHERE d IS NOT NULL;
CREATE TABLE u(k TEXT PRIMARY KEY, v ANY, w INT REFERENCES t(id) ON DELETE CASCADE) WITHOUT ROWID;
CREATE VIEW tv AS SELECT a, count(*) AS n, sum(c) AS s FROM t GROUP BY a HAVING n > 1;
CREATE TRIGGER tt AFTER UPDATE OF a ON t BEGIN INSERT OR REPLACE INTO u VALUES ('t' || new.id, old.a, new.id); END;
PRAGMA foreign_keys = on;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO t SELECT i, i * 7919 % 101, printf('text %05d %s', i * 31 % 997, hex(i)), i / 7.0, NULL FROM n;
UPDATE t SET a = a + 1 WHERE id % 5 = 0;
UPDATE t SET d = zeroblob(3000) WHERE id = 7;
DELETE FROM t WHERE id % 11 = 0;
.mode column
SELECT * FROM tv ORDER BY n DESC, a LIMIT 5;
SELECT a, b, rank() OVER (PARTITION BY a ORDER BY b), sum(c) OVER (ORDER BY id ROWS 3 PRECEDING) FROM t WHERE id < 30;
.mode csv
SELECT x.id, y.id FROM t x JOIN t y ON x.a = y.a AND x.b < y.b WHERE x.id BETWEEN 100 AND 110 ORDER BY 1, 2 LIMIT 20;
SELECT u.k, t.b FROM u LEFT JOIN t ON t.id = u.w WHERE t.b LIKE 'text 00%' OR t.b GLOB '*FF' ORDER BY 1 LIMIT 10;
.mode json
SELECT id, upper(b), substr(b, 3, 4), length(d), typeof(c), round(c, 2), coalesce(d, 'none'), a IN (1, 2, 3) FROM t WHERE id IN (1, 7, 9);
SELECT json_extract('{"a":[1,2,{"b":null}]}', '$.a[2]'), json_group_array(a) FROM (SELECT a FROM t LIMIT 5);
SELECT date('2020-02-29', '+1 year', 'weekday 1'), strftime('%s %j %W', '1999-12-31 23:59:59'), julianday('2000-01-01');
.mode insert
SELECT quote(b), CAST(b AS INT), abs(-a), nullif(a, 3), min(a, 5), max(c, 2) FROM t WHERE a BETWEEN 3 AND 4 LIMIT 5;
SELECT group_concat(DISTINCT a) FROM t WHERE a < 10;
SELECT a FROM t WHERE a < 5 EXCEPT SELECT a FROM t WHERE a > 2 UNION SELECT 77 INTERSECT SELECT 77;
.mode line
EXPLAIN QUERY PLAN SELECT * FROM t x, u WHERE x.a = 3 AND u.w = x.id AND x.b > 'text 5' ORDER BY x.c;
ANALYZE;
EXPLAIN SELECT count(*) FROM t WHERE a = 5 AND b = 'x';
CREATE VIRTUAL TABLE f USING fts5(title, body);
INSERT INTO f SELECT b, 'the quick brown fox ' || id || ' jumps over ' || a FROM t WHERE id < 300;
SELECT title, snippet(f, 1, '[', ']', '...', 5) FROM f WHERE f MATCH 'fox AND (17 OR 2*) NOT 25' ORDER BY rank LIMIT 5;
CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, y0, y1);
INSERT INTO r SELECT id, a, a + 2, id, id + 3 FROM t;
SELECT count(*) FROM r WHERE x0 > 5 AND x1 < 20 AND y0 > 100;
BEGIN; DELETE FROM t WHERE a < 50; SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; RELEASE s; ROLLBACK;
INSERT INTO t VALUES (1, 2, 3, 4, 5);
INSERT INTO t(a) VALUES (-5000);
SELECT no_such_column FROM t;
SELEC 1;
ALTER TABLE t ADD COLUMN e INT DEFAULT 5;
ALTER TABLE t RENAME COLUMN b TO bb;
ALTER TABLE u RENAME TO uu;
SELECT e, bb FROM t LIMIT 2;
REINDEX;
PRAGMA integrity_check;
PRAGMA journal_mode = delete;
VACUUM;
.schema
.tables
.dump uu
DROP VIEW tv;
DROP TABLE t;
PRAGMA wal_checkpoint;
