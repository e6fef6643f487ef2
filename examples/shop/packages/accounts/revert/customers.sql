-- Revert accounts:customers from pg

BEGIN;

DROP TABLE accounts.customers;

COMMIT;
