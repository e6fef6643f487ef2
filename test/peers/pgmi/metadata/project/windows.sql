/* <pgmi-meta id="6f1c9c58-0000-4000-8000-000000000005" idempotent="true">
<sortKeys><key>250</key></sortKeys></pgmi-meta> */
CREATE TABLE windows ();
