-- Rows one by one, as programs insert them, then sorted and joined: a statement is parsed, compiled and run for each line of
-- what this writes, to be read by the shell again.
.headers off
.mode list
.output rows.generated
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
SELECT printf('INSERT INTO t (b) VALUES (''%d and %d'');', i * 7919 % 20000, i) FROM n;
.output
CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);
CREATE INDEX i ON t (b);
BEGIN;
.read rows.generated
COMMIT;
SELECT length(group_concat(b)) FROM (SELECT b FROM t ORDER BY substr(b, 3)) GROUP BY length(b);
SELECT count(*) FROM t x, t y WHERE y.a = x.a * 3 AND x.b < y.b;
DROP TABLE t;
