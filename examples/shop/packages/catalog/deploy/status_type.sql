-- Deploy catalog:status_type to pg

BEGIN;

CREATE TYPE catalog.order_status AS ENUM ('open', 'paid', 'sent');

COMMIT;
