-- Deploy accounts:customers to pg

BEGIN;

CREATE TABLE accounts.customers (
    customer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email       citext NOT NULL UNIQUE,
    joined_at   timestamptz NOT NULL DEFAULT now()
);

COMMIT;
