-- Verify accounts:customers on pg

BEGIN;

SELECT customer_id, email, joined_at FROM accounts.customers WHERE false;

ROLLBACK;
