-- Verify catalog:schema on pg

BEGIN;

SELECT 1 / count(*) FROM pg_namespace WHERE nspname = 'catalog';

ROLLBACK;
