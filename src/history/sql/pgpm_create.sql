-- The tracking schema of pgpm, as pgpm makes it, so that either tool can go on where the other stopped. Two things are
-- ours: UNIQUE (package, script_hash) is left out, for it forbids two scripts with the same text in one module; and
-- there are deployed_by and tags, which pgpm does not look at.
CREATE SCHEMA IF NOT EXISTS @schema@;

CREATE TABLE @schema@.packages (
    package    text PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

CREATE TABLE @schema@.changes (
    change_id   text PRIMARY KEY,
    change_name text NOT NULL,
    package     text NOT NULL REFERENCES @schema@.packages (package),
    script_hash text NOT NULL,
    deployed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    UNIQUE (package, change_name)
);

CREATE TABLE @schema@.dependencies (
    change_id text NOT NULL REFERENCES @schema@.changes (change_id) ON DELETE CASCADE,
    requires  text NOT NULL,
    PRIMARY KEY (change_id, requires)
);

CREATE TABLE @schema@.events (
    event_id      serial PRIMARY KEY,
    event_type    text NOT NULL CONSTRAINT events_event_type_check CHECK (event_type IN ('deploy', 'revert', 'verify')),
    change_name   text NOT NULL,
    package       text NOT NULL,
    occurred_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    error_message text,
    error_code    text
);

CREATE PROCEDURE @schema@.register_package(p_package text) LANGUAGE sql AS $body$
    INSERT INTO @schema@.packages (package) VALUES (p_package) ON CONFLICT (package) DO NOTHING;
$body$;

CREATE FUNCTION @schema@.is_deployed(p_package text, p_change_name text) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (
        SELECT FROM @schema@.changes c
         WHERE c.package = CASE WHEN position(':' IN p_change_name) > 0
                                THEN split_part(p_change_name, ':', 1) ELSE p_package END
           AND c.change_name = CASE WHEN position(':' IN p_change_name) > 0
                                    THEN substr(p_change_name, position(':' IN p_change_name) + 1)
                                    ELSE p_change_name END);
$body$;

CREATE PROCEDURE @schema@.deploy(
    p_package text, p_change_name text, p_script_hash text, p_requires text[], p_deploy_sql text,
    p_log_only boolean DEFAULT false) LANGUAGE plpgsql AS $body$
DECLARE
    v_change_id text := encode(sha256(convert_to(p_package || p_change_name || p_script_hash, 'UTF8')), 'hex');
    v_hash      text;
    v_missing   text;
BEGIN
    CALL @schema@.register_package(p_package);
    SELECT script_hash INTO v_hash FROM @schema@.changes WHERE package = p_package AND change_name = p_change_name;
    IF FOUND THEN
        IF v_hash = p_script_hash THEN
            RETURN;
        END IF;
        RAISE EXCEPTION 'Change % already deployed in package % with different content', p_change_name, p_package;
    END IF;
    SELECT string_agg(r, ', ') INTO v_missing
      FROM unnest(p_requires) r WHERE NOT @schema@.is_deployed(p_package, r);
    IF v_missing IS NOT NULL THEN
        RAISE EXCEPTION 'Missing required changes for %: %', p_change_name, v_missing;
    END IF;
    IF NOT p_log_only THEN
        EXECUTE p_deploy_sql;
    END IF;
    INSERT INTO @schema@.changes (change_id, change_name, package, script_hash)
         VALUES (v_change_id, p_change_name, p_package, p_script_hash);
    INSERT INTO @schema@.dependencies (change_id, requires) SELECT v_change_id, r FROM unnest(p_requires) r;
    INSERT INTO @schema@.events (event_type, change_name, package) VALUES ('deploy', p_change_name, p_package);
END
$body$;

CREATE FUNCTION @schema@.get_dependents(p_package text, p_change_name text)
    RETURNS TABLE (package text, change_name text, dependency text) LANGUAGE sql STABLE AS $body$
    SELECT c.package, c.change_name, d.requires
      FROM @schema@.dependencies d JOIN @schema@.changes c USING (change_id)
     WHERE d.requires = p_package || ':' || p_change_name
        OR (d.requires = p_change_name AND c.package = p_package);
$body$;

CREATE PROCEDURE @schema@.revert(p_package text, p_change_name text, p_revert_sql text) LANGUAGE plpgsql AS $body$
DECLARE
    v_dependents text;
BEGIN
    IF NOT @schema@.is_deployed(p_package, p_change_name) THEN
        RAISE EXCEPTION 'Change % is not deployed in package %', p_change_name, p_package;
    END IF;
    SELECT string_agg(g.package || ':' || g.change_name, ', ') INTO v_dependents
      FROM @schema@.get_dependents(p_package, p_change_name) g;
    IF v_dependents IS NOT NULL THEN
        RAISE EXCEPTION 'Cannot revert %: required by %', p_change_name, v_dependents;
    END IF;
    EXECUTE p_revert_sql;
    DELETE FROM @schema@.changes c WHERE c.package = p_package AND c.change_name = p_change_name;
    INSERT INTO @schema@.events (event_type, change_name, package) VALUES ('revert', p_change_name, p_package);
END
$body$;

CREATE FUNCTION @schema@.verify(p_package text, p_change_name text, p_verify_sql text) RETURNS boolean
    LANGUAGE plpgsql AS $body$
BEGIN
    EXECUTE p_verify_sql;
    RETURN true;
EXCEPTION WHEN OTHERS THEN
    RETURN false;
END
$body$;

CREATE FUNCTION @schema@.deployed_changes(p_package text DEFAULT NULL)
    RETURNS TABLE (package text, change_name text, deployed_at timestamptz) LANGUAGE sql STABLE AS $body$
    SELECT c.package, c.change_name, c.deployed_at
      FROM @schema@.changes c
     WHERE p_package IS NULL OR c.package = p_package
     ORDER BY c.deployed_at;
$body$;

CREATE FUNCTION @schema@.status(p_package text DEFAULT NULL)
    RETURNS TABLE (package text, total_deployed integer, last_change text, last_deployed timestamptz)
    LANGUAGE sql STABLE AS $body$
    SELECT c.package, count(*)::integer,
           (array_agg(c.change_name ORDER BY c.deployed_at DESC))[1], max(c.deployed_at)
      FROM @schema@.changes c
     WHERE p_package IS NULL OR c.package = p_package
     GROUP BY c.package
     ORDER BY c.package;
$body$;
