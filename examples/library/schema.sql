-- A lending library, as it shall be. Try it:
--     pgwright plan --sandbox -d library     # in this folder
--     pgwright deploy --sandbox -d library --createdb
-- Then change a file, and plan again.
\i tables/
\i views.sql
