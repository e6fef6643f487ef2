SELECT to_regclass('seen');
\if `psql -XAtc "SELECT to_regclass('seen') IS NOT NULL"`
SELECT * FROM seen ORDER BY key COLLATE "C";
\endif
