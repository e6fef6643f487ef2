-- Deploy orders:schema to pg

BEGIN;

CREATE SCHEMA orders;

COMMIT;
