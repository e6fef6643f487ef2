-- Deploy orders:orders to pg

BEGIN;

CREATE TABLE orders.orders (
    order_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES accounts.customers,
    product_id  bigint NOT NULL REFERENCES catalog.products,
    status      catalog.order_status NOT NULL DEFAULT 'open',
    ordered_at  timestamptz NOT NULL DEFAULT now()
);

COMMIT;
