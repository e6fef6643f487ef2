-- Stands before every query of this folder. {schemas} is a condition on nspname.
-- Lines that end in a mark are for some servers only: "--15+" from 15 on, "--<15" up to 14.
WITH ns AS (
    SELECT oid, nspname, nspowner FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND {schemas}
), ext AS (
    SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
)
