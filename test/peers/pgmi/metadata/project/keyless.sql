/* <pgmi-meta id="6f1c9c58-0000-4000-8000-000000000004" idempotent="true"><description>has no keys</description></pgmi-meta> */
CREATE TABLE keyless ();
