-- Deploy catalog:schema to pg

BEGIN;

CREATE SCHEMA catalog;

COMMIT;
