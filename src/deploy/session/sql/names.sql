-- The same under names of our own. From 11.
CREATE TEMP VIEW pgwright_source_view AS SELECT * FROM pg_temp.pgmi_source_view;
CREATE TEMP VIEW pgwright_parameter_view AS SELECT * FROM pg_temp.pgmi_parameter_view;
CREATE TEMP VIEW pgwright_test_source_view AS SELECT * FROM pg_temp.pgmi_test_source_view;
CREATE TEMP VIEW pgwright_test_directory_view AS SELECT * FROM pg_temp.pgmi_test_directory_view;
CREATE TEMP VIEW pgwright_source_metadata_view AS SELECT * FROM pg_temp.pgmi_source_metadata_view;
CREATE TEMP VIEW pgwright_plan_view AS SELECT * FROM pg_temp.pgmi_plan_view;
CREATE DOMAIN pg_temp.pgwright_test_event AS pg_temp.pgmi_test_event;
CREATE FUNCTION pg_temp.pgwright_is_sql_file(filename text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
    'SELECT pg_temp.pgmi_is_sql_file($1)';
CREATE FUNCTION pg_temp.pgwright_register_file(in_path text, in_content text, in_checksum text, in_pgmi_checksum text)
RETURNS pg_temp._pgmi_source LANGUAGE sql VOLATILE AS 'SELECT * FROM pg_temp.pgmi_register_file($1, $2, $3, $4)';
CREATE FUNCTION pg_temp.pgwright_validate_pattern(p_pattern text) RETURNS text LANGUAGE sql IMMUTABLE AS
    'SELECT pg_temp.pgmi_validate_pattern($1)';
CREATE FUNCTION pg_temp.pgwright_has_tests(p_directory text, p_pattern text DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE AS 'SELECT pg_temp.pgmi_has_tests($1, $2)';
CREATE FUNCTION pg_temp.pgwright_test_plan(p_pattern text DEFAULT NULL)
RETURNS TABLE (ordinal int, step_type text, script_path text, directory text, depth int) LANGUAGE sql STABLE AS
    'SELECT * FROM pg_temp.pgmi_test_plan($1)';
CREATE FUNCTION pg_temp.pgwright_run_test_source(p_path text) RETURNS void LANGUAGE sql VOLATILE AS
    'SELECT pg_temp.pgmi_run_test_source($1)';
CREATE FUNCTION pg_temp.pgwright_test_callback(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE sql VOLATILE AS
    'SELECT pg_temp.pgmi_test_callback($1)';
CREATE FUNCTION pg_temp.pgwright_persist_test_plan(target_schema text, p_pattern text DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE AS 'SELECT pg_temp.pgmi_persist_test_plan($1, $2)';
CREATE FUNCTION pg_temp.pgwright_test_generate(p_pattern text DEFAULT NULL,
                                               p_callback text DEFAULT 'pg_temp.pgmi_test_callback')
RETURNS text LANGUAGE sql VOLATILE AS 'SELECT pg_temp.pgmi_test_generate($1, $2)';
GRANT SELECT ON pg_temp.pgwright_source_view, pg_temp.pgwright_parameter_view, pg_temp.pgwright_test_source_view,
    pg_temp.pgwright_test_directory_view, pg_temp.pgwright_source_metadata_view, pg_temp.pgwright_plan_view TO PUBLIC;
