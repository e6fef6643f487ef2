-- Revert catalog:status_type from pg

BEGIN;

DROP TYPE catalog.order_status;

COMMIT;
