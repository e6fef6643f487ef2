/* <pgmi-meta id="6f1c9c580000400080000000000000ff" idempotent="False"><sortKeys><key>300</key></sortKeys></pgmi-meta> */
CREATE TABLE tie_a ();
