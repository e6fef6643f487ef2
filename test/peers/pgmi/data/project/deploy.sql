BEGIN;
CREATE TABLE IF NOT EXISTS roles (name text PRIMARY KEY, may text[]);
CREATE TABLE IF NOT EXISTS limits (name text PRIMARY KEY, value int);
CREATE TABLE IF NOT EXISTS countries (code text PRIMARY KEY, name text);
WITH wanted AS (
    SELECT r->>'name' AS name, ARRAY(SELECT jsonb_array_elements_text(r->'may')) AS may
    FROM pgmi_source_view s, jsonb_array_elements(s.content::jsonb->'roles') r WHERE s.path = './data/roles.json')
INSERT INTO roles SELECT * FROM wanted ON CONFLICT (name) DO UPDATE SET may = excluded.may;
INSERT INTO limits
SELECT x.* FROM pgmi_source_view s,
       XMLTABLE('/limits/limit' PASSING (s.content::xml) COLUMNS name text PATH '@name', value int PATH '@value') x
WHERE s.extension = '.xml' ON CONFLICT DO NOTHING;
INSERT INTO countries
SELECT split_part(line, ',', 1), split_part(line, ',', 2)
FROM pgmi_source_view s, regexp_split_to_table(rtrim(s.content, E'\r\n'), '\r?\n') WITH ORDINALITY AS l (line, n)
WHERE s.name = 'countries.csv' AND n > 1 ON CONFLICT DO NOTHING;
DO $$ BEGIN RAISE NOTICE '% roles, % limits, % countries', (SELECT count(*) FROM roles), (SELECT count(*) FROM limits), (SELECT count(*) FROM countries); END $$;
COMMIT;
