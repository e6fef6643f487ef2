-- Stands before every query of this folder. {schemas} is a condition on nspname.
-- Lines that end in a mark are for some servers only: "--15+" from 15 on, "--<15" up to 14.
-- Functions like regclass look up one row of the catalogs after the other. So names are put together here where that gives the
-- same: prefix stands before a name of the schema, unless another of that name may come first (a temporary one, or one of
-- pg_catalog: relations there are all called pg_…); then it is NULL, and the server is asked.
WITH ns AS (
    SELECT oid, nspname, nspowner,
           CASE WHEN current_schema() IS NULL THEN quote_ident(nspname) || '.'
                WHEN nspname = current_schema() AND pg_my_temp_schema() = 0 THEN '' END AS prefix
    FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND {schemas}
), ext AS (
    SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
), rel AS (
    SELECT c.*, n.nspname,
           coalesce(CASE WHEN NOT starts_with(c.relname, 'pg_') THEN n.prefix || quote_ident(c.relname) END, c.oid::regclass::text) AS id
    FROM pg_class c JOIN ns n ON n.oid = c.relnamespace
)
