-- Revert orders:revenue from pg

BEGIN;

DROP VIEW orders.revenue;

COMMIT;
