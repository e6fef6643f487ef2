-- Deploy orders:revenue to pg

BEGIN;

CREATE VIEW orders.revenue AS
SELECT p.product_id, p.name, sum(p.price) AS revenue
  FROM orders.orders o JOIN catalog.products p USING (product_id)
 WHERE o.status <> 'open'
 GROUP BY p.product_id, p.name;

COMMIT;
