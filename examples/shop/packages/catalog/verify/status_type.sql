-- Verify catalog:status_type on pg

BEGIN;

SELECT 'sent'::catalog.order_status;

ROLLBACK;
