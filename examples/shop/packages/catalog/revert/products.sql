-- Revert catalog:products from pg

BEGIN;

DROP TABLE catalog.products;

COMMIT;
