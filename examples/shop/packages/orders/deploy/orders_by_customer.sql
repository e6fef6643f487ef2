-- Deploy orders:orders_by_customer to pg

CREATE INDEX CONCURRENTLY orders_by_customer ON orders.orders (customer_id);
