SELECT id, path, checksum, idempotent, ran FROM script_log ORDER BY path COLLATE "C";
