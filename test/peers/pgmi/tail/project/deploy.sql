CREATE TABLE IF NOT EXISTS orders (id int, customer int);
INSERT INTO orders SELECT n, n % 7 FROM generate_series(1, 100) n WHERE NOT EXISTS (SELECT FROM orders);
CREATE OR REPLACE PROCEDURE in_steps() LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 3 LOOP
        UPDATE orders SET customer = customer WHERE id = i;
        COMMIT;
        RAISE NOTICE 'step %', i;
    END LOOP;
END $$;
SET search_path = public, pg_catalog;
SET LOCAL lock_timeout = '7s';
COMMIT;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer ON orders (customer);
VACUUM (ANALYZE) orders;
DO $$ BEGIN RAISE NOTICE 'search_path=% lock_timeout=%', current_setting('search_path'), current_setting('lock_timeout'); END $$;
CALL in_steps();
BEGIN;
CREATE TABLE IF NOT EXISTS items (id int);
SAVEPOINT here;
DROP TABLE items;
ROLLBACK TO SAVEPOINT here;
COMMIT AND CHAIN;
INSERT INTO items SELECT count(*) FROM pgmi_source_view;
END TRANSACTION;
ABORT;
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT path, content FROM pgmi_source_view WHERE is_sql_file ORDER BY path COLLATE "C" LOOP
        EXECUTE f.content;
        COMMIT;
        RAISE NOTICE 'committed %', f.path;
    END LOOP;
END $$
