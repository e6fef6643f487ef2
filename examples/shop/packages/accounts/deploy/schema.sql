-- Deploy accounts:schema to pg

BEGIN;

CREATE SCHEMA accounts;

COMMIT;
