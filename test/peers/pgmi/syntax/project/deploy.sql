CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
    SELECT CASE WHEN n > 0 THEN 2 * n ELSE 0 END;
END;
CREATE TABLE a$b$c (commit int, "end; COMMIT;" text DEFAULT 'COMMIT;', e text DEFAULT E'\'; COMMIT; --');
CREATE RULE two AS ON INSERT TO a$b$c DO ALSO (NOTIFY one; NOTIFY two);
/* COMMIT; /* ROLLBACK; */ END; */
INSERT INTO a$b$c (commit) VALUES (twice(4));
DO $body$ BEGIN RAISE NOTICE 'head: %', $$COMMIT;$$; END $body$;
rollback and no chain;
DO $body$ BEGIN RAISE NOTICE 'the head was rolled back: %', to_regclass('a$b$c') IS NULL; END $body$;
CREATE TABLE kept (id int);
ABORT WORK;
DO $body$ BEGIN RAISE NOTICE 'kept: %', to_regclass('kept') IS NOT NULL; END $body$;
