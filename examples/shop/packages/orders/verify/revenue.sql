-- Verify orders:revenue on pg

BEGIN;

SELECT product_id, name, revenue FROM orders.revenue WHERE false;

ROLLBACK;
