/* <pgmi-meta id="6f1c9c58-0000-4000-8000-00000000000b" idempotent="true"><sortKeys><key>020</key></sortKeys></pgmi-meta> */
CREATE OR REPLACE VIEW order_count AS SELECT count(*) AS n FROM orders;
