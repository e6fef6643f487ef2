SELECT * FROM seen.is_sql ORDER BY name COLLATE "C";
SELECT * FROM seen.registered ORDER BY path COLLATE "C";
SELECT execution_order, path, sort_key, left(checksum, 3) FROM seen.plan ORDER BY 1;
SELECT * FROM seen.errors;
