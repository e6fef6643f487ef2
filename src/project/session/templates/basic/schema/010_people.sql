-- A person, known by one address.
CREATE SCHEMA IF NOT EXISTS app;

CREATE TABLE IF NOT EXISTS app.person (
    person_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT person_email_has_at CHECK (email LIKE '%_@_%'),
    CONSTRAINT person_name_not_blank CHECK (btrim(name) <> '')
);

-- However it is written, an address belongs to one person.
CREATE UNIQUE INDEX IF NOT EXISTS person_email_key ON app.person (lower(email));

COMMENT ON TABLE app.person IS 'Who may sign in';

-- IF NOT EXISTS does not look at what is there. A column that comes later is added by a statement of its own, here:
--   ALTER TABLE app.person ADD COLUMN IF NOT EXISTS phone text;
