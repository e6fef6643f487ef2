CREATE TABLE seen AS SELECT key, CASE WHEN key = 'licence' THEN length(value)::text ELSE value END AS value, type, required, default_value, description
FROM pgmi_parameter_view;
DO $$ BEGIN RAISE NOTICE 'the licence is %', current_setting('pgmi.licence'); END $$;
