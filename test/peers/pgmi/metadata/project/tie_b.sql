/* <pgmi-meta id="urn:uuid:6f1c9c58-0000-4000-8000-000000000003" idempotent="T"><sortKeys><key>300</key></sortKeys></pgmi-meta> */
CREATE TABLE tie_b ();
