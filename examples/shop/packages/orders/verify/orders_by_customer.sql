-- Verify orders:orders_by_customer on pg

SELECT 1 / count(*) FROM pg_index
 WHERE indexrelid = 'orders.orders_by_customer'::regclass AND indisvalid;
