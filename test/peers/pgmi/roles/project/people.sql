CREATE TABLE IF NOT EXISTS people (id int PRIMARY KEY, name text NOT NULL);
COMMENT ON TABLE people IS 'who there is';
CREATE OR REPLACE FUNCTION greet(name text) RETURNS text LANGUAGE sql IMMUTABLE RETURN 'Hello ' || name;
