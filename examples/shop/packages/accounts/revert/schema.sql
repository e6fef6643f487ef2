-- Revert accounts:schema from pg

BEGIN;

DROP SCHEMA accounts;

COMMIT;
