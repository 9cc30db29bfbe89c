CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT, n INTEGER);
INSERT INTO t SELECT value, printf('%x', value * 2654435761 % 4294967296), value % 977 FROM generate_series(1, 60000);
CREATE INDEX by_word ON t (word);
SELECT n % 10, COUNT(*), SUM(length(word)), MAX(word) FROM t GROUP BY n % 10 ORDER BY 3;
SELECT COUNT(*) FROM t a JOIN t b ON b.word = printf('%x', (a.id + 1) * 2654435761 % 4294967296);
UPDATE t SET word = upper(word) WHERE n < 300;
DELETE FROM t WHERE word LIKE '%F';
SELECT COUNT(*), SUM(n) FROM t;
