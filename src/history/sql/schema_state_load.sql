-- $1 schemas. Columns: digest, objects, applied_at. At most one row.
SELECT digest, objects, to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM pgwright.schema_states WHERE schemas = $1
