SELECT path, name, directory, extension, depth, size_bytes, is_sql_file, is_test_file, path_parts, parent_folder_name FROM seen.source ORDER BY path COLLATE "C";
SELECT path, checksum, pgmi_checksum FROM seen.source ORDER BY path COLLATE "C";
SELECT path, replace(replace(content, E'\r', '<CR>'), E'\n', '<LF>') FROM seen.source ORDER BY path COLLATE "C";
SELECT execution_order, path, sort_key, generic_id, id, idempotent, description FROM seen.plan ORDER BY execution_order;
SELECT count(*) FROM seen.plan JOIN seen.source USING (path) WHERE plan.content = source.content AND plan.checksum = source.pgmi_checksum;
SELECT count(*) FROM seen.parameter;
SELECT count(*) FROM seen.metadata;
SELECT path, directory, filename, content, is_fixture FROM seen.test_source ORDER BY path COLLATE "C";
SELECT path, parent_path, depth FROM seen.test_directory ORDER BY path COLLATE "C";
