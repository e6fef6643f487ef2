-- Revert orders:orders_by_customer from pg

DROP INDEX orders.orders_by_customer;
