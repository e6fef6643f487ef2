-- The name under which another session can see the same, where there is so much to read that it is worth one; else null.
SELECT CASE WHEN count(*) >= 10000 THEN pg_catalog.pg_export_snapshot() END AS snapshot FROM pg_catalog.pg_class
