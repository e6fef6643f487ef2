-- What is done with people. CREATE OR REPLACE brings each function to this state on every deployment.

-- Adds a person, or renames the one who has the address. Gives the id.
CREATE OR REPLACE FUNCTION app.register_person(email text, name text) RETURNS bigint
LANGUAGE sql AS $$
    INSERT INTO app.person (email, name) VALUES (btrim($1), btrim($2))
    ON CONFLICT (lower(email)) DO UPDATE SET name = EXCLUDED.name
    RETURNING person_id
$$;

-- The person with this address, if there is one.
CREATE OR REPLACE FUNCTION app.find_person(email text) RETURNS SETOF app.person
LANGUAGE sql STABLE AS $$
    SELECT * FROM app.person p WHERE lower(p.email) = lower(btrim($1))
$$;
