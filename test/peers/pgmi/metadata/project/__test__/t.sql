/* <pgmi-meta id="6f1c9c58-0000-4000-8000-000000000001" idempotent="true"/> tests have none */
