-- Deploy catalog:products to pg

BEGIN;

CREATE TABLE catalog.products (
    product_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    price      numeric(10, 2) NOT NULL CHECK (price >= 0)
);

COMMIT;
