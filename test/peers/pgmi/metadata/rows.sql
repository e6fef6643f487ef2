SELECT n, path, sort_key, id, idempotent, description FROM run_log ORDER BY n;
SELECT path, id, idempotent, sort_keys, description FROM metadata ORDER BY path COLLATE "C";
