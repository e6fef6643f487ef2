-- Revert orders:schema from pg

BEGIN;

DROP SCHEMA orders;

COMMIT;
