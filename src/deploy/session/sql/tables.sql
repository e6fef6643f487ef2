-- The tables of a session, and _pgwright_load, which holds for a moment what is not a file to be deployed. Nothing is checked
-- while they are filled: the client has done so. What comes later is (filled.sql). Contents are not compressed, and stay beside
-- their paths as long as they fit a page, for they are written once and read once. From 11.
CREATE TEMP TABLE _pgmi_parameter (
    key text PRIMARY KEY,
    value text,
    type text NOT NULL DEFAULT 'text',
    required boolean NOT NULL DEFAULT false,
    default_value text,
    description text
);
CREATE TEMP TABLE _pgmi_source (
    path text NOT NULL,
    name text NOT NULL,
    directory text NOT NULL,
    extension text NOT NULL,
    depth integer NOT NULL,
    content text NOT NULL,
    size_bytes bigint NOT NULL,
    checksum text NOT NULL,
    pgmi_checksum text NOT NULL,
    path_parts text[] NOT NULL,
    is_sql_file boolean NOT NULL,
    is_test_file boolean NOT NULL,
    parent_folder_name text
) WITH (toast_tuple_target = 8160);
ALTER TABLE pg_temp._pgmi_source ALTER content SET STORAGE EXTERNAL;
CREATE TEMP TABLE _pgmi_source_metadata (
    path text NOT NULL,
    id uuid NOT NULL,
    idempotent boolean NOT NULL,
    sort_keys text[] NOT NULL DEFAULT '{}',
    description text
);
CREATE TEMP TABLE _pgmi_test_directory (
    path text NOT NULL,
    parent_path text,
    depth integer NOT NULL DEFAULT 0
);
CREATE TEMP TABLE _pgmi_test_source (
    path text NOT NULL,
    directory text NOT NULL,
    filename text NOT NULL,
    content text NOT NULL,
    is_fixture boolean NOT NULL DEFAULT false
) WITH (toast_tuple_target = 8160);
ALTER TABLE pg_temp._pgmi_test_source ALTER content SET STORAGE EXTERNAL;
-- kind m: metadata (flag: idempotent), d: a folder of tests (number: its depth), t: a test (flag: it is a fixture),
-- p: a parameter (path: its key, parent: its type, flag: it is required, content: its value)
CREATE TEMP TABLE _pgwright_load (
    kind "char" NOT NULL,
    path text NOT NULL,
    parent text,
    number bigint NOT NULL,
    flag boolean NOT NULL,
    id uuid,
    sort_keys text[],
    default_value text,
    description text,
    content text
) WITH (toast_tuple_target = 8160);
ALTER TABLE pg_temp._pgwright_load ALTER content SET STORAGE EXTERNAL;
