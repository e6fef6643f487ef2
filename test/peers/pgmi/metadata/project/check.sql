/* <pgmi-meta id="6f1c9c58-0000-4000-8000-000000000001" idempotent="true">
     <description>Runs at both ends &amp; in the middle</description>
     <sortKeys><key>100</key><key>900/z</key><key>Z</key></sortKeys>
   </pgmi-meta> */
DO $$ BEGIN RAISE NOTICE 'check: % tables', (SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace); END $$;
