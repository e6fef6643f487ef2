/* <pgmi-meta id="6F1C9C58-0000-4000-8000-000000000001" idempotent="false"/> */
