/*
<pgmi-meta id="a8f44e78-0246-4d33-b783-a298ed399a0c" idempotent="false">
  <description>Notes of an account</description>
  <sortKeys><key>010/020</key></sortKeys>
</pgmi-meta>
*/
CREATE TABLE app.note (
    note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL DEFAULT app.current_account() REFERENCES app.account ON DELETE CASCADE,
    body text NOT NULL CHECK (btrim(body) <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE app.note IS 'What an account wrote down';

-- Row security looks for one account's rows in every query.
CREATE INDEX note_of_account ON app.note (account_id, created_at);
