SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname LIKE 'orders%';
SELECT count(*) FROM orders;
SELECT id FROM items;
