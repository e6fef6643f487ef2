/*
<pgmi-meta id="58c7c3f8-da6d-4d8e-82a9-f2cf6b4f52c9" idempotent="true">
  <description>Each account sees its own rows</description>
  <sortKeys><key>020/010</key></sortKeys>
</pgmi-meta>
*/
-- Not forced upon the owner: a script that changes rows is to see them all.
ALTER TABLE app.account ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.note ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS own_account ON app.account;
CREATE POLICY own_account ON app.account USING (account_id = (SELECT app.current_account()));

-- Without WITH CHECK, what may be seen may be written, and nothing else.
DROP POLICY IF EXISTS own_notes ON app.note;
CREATE POLICY own_notes ON app.note USING (account_id = (SELECT app.current_account()));
