-- Behind the COPYs: what _pgwright_load holds goes to its tables; then all get their keys and checks, for what deploy.sql may
-- write into them. From 11.
INSERT INTO pg_temp._pgmi_source_metadata
SELECT path, id, flag, sort_keys, description FROM pg_temp._pgwright_load WHERE kind = 'm';
INSERT INTO pg_temp._pgmi_test_directory
SELECT path, parent, number FROM pg_temp._pgwright_load WHERE kind = 'd';
INSERT INTO pg_temp._pgmi_test_source
SELECT l.path, p.directory, p.name, l.content, l.flag
FROM pg_temp._pgwright_load l, pg_temp._pgwright_path(l.path) p
WHERE l.kind = 't';
INSERT INTO pg_temp._pgmi_parameter
SELECT path, content, parent, flag, default_value, description FROM pg_temp._pgwright_load WHERE kind = 'p';
DROP TABLE pg_temp._pgwright_load;

ALTER TABLE pg_temp._pgmi_parameter
    ADD CHECK (key ~ '^[[:alnum:]_]+$') NOT VALID,
    ADD CHECK (type IN ('text', 'int', 'integer', 'bigint', 'numeric', 'boolean', 'bool', 'uuid', 'timestamp', 'timestamptz',
                        'name')) NOT VALID;
ALTER TABLE pg_temp._pgmi_source
    ADD PRIMARY KEY (path),
    ADD CHECK (path ~ '^[.]/' AND path !~ E'\\\\|//' AND path = directory || name AND name <> '') NOT VALID,
    ADD CHECK (path !~ '/__tests?__/') NOT VALID,
    ADD CHECK (path_parts[1] = '.' AND path_parts[depth + 2] = name AND cardinality(path_parts) = depth + 2) NOT VALID,
    ADD CHECK (depth BETWEEN 0 AND 100 AND (parent_folder_name IS NULL) = (depth = 0)) NOT VALID,
    ADD CONSTRAINT _pgmi_source_size CHECK (size_bytes = octet_length(convert_to(content, 'UTF8'))) NOT VALID,
    ADD CHECK (checksum ~ '^[0-9A-Fa-f]{32,64}$' AND pgmi_checksum ~ '^[0-9A-Fa-f]{32,64}$') NOT VALID;
ALTER TABLE pg_temp._pgmi_source_metadata
    ADD PRIMARY KEY (path),
    ADD FOREIGN KEY (path) REFERENCES pg_temp._pgmi_source NOT VALID;
ALTER TABLE pg_temp._pgmi_test_directory
    ADD PRIMARY KEY (path),
    ADD CHECK (path ~ '/$') NOT VALID;
ALTER TABLE pg_temp._pgmi_test_source
    ADD PRIMARY KEY (path),
    ADD FOREIGN KEY (directory) REFERENCES pg_temp._pgmi_test_directory NOT VALID;

GRANT SELECT ON pg_temp._pgmi_parameter, pg_temp._pgmi_source, pg_temp._pgmi_source_metadata, pg_temp._pgmi_test_directory,
    pg_temp._pgmi_test_source TO PUBLIC;
SELECT count(set_config('pgmi.' || key, value, false)) + count(set_config('pgwright.' || key, value, false))
FROM pg_temp._pgmi_parameter
WHERE value IS NOT NULL;
