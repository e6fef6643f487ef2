-- What recorded deployments have loaded, for deploy.sql to compare with: pgwright_file_history_view, made behind this for the
-- project at hand. It is empty where nothing was ever recorded, and has the rights of whoever deploys, whatever role deploy.sql
-- takes on. From 11.
CREATE FUNCTION pg_temp._pgwright_file_history(in_project text)
RETURNS TABLE (path text, last_checksum text, last_pgmi_checksum text, id uuid, deployed_at timestamptz, deployed_by text,
               deployment_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'pgwright' AND c.relname = 'file_history') THEN
        RETURN QUERY SELECT f.path, f.checksum, f.pgmi_checksum, f.id, f.deployed_at, f.deployed_by, f.deployment_id
                       FROM pgwright.file_history f WHERE f.project = in_project;
    END IF;
END
$$;
