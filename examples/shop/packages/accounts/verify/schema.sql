-- Verify accounts:schema on pg

BEGIN;

SELECT 1 / count(*) FROM pg_namespace WHERE nspname = 'accounts';

ROLLBACK;
