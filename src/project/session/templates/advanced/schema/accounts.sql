/*
<pgmi-meta id="c1567fa6-311a-4caf-a839-a7e6b631faf2" idempotent="false">
  <description>Accounts: who the rows of all other tables belong to</description>
  <sortKeys><key>010/010</key></sortKeys>
</pgmi-meta>
*/
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'Tables, out of the application''s sight';

CREATE TABLE app.account (
    account_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (btrim(name) <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE app.account IS 'Tenants';

-- The account that the session works for; null when it has not said so. The application says it for each transaction:
--   SET LOCAL app.account = '…';
CREATE FUNCTION app.current_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.account', true), '')::uuid;
