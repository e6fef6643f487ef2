-- Verify catalog:products on pg

BEGIN;

SELECT product_id, name, price FROM catalog.products WHERE false;

ROLLBACK;
