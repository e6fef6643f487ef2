/* <pgmi-meta id="6f1c9c58-0000-4000-8000-00000000000a" idempotent="false"><sortKeys><key>010</key></sortKeys></pgmi-meta> */
CREATE TABLE orders (id int);
