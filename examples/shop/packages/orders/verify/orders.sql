-- Verify orders:orders on pg

BEGIN;

SELECT order_id, customer_id, product_id, status, ordered_at FROM orders.orders WHERE false;

ROLLBACK;
