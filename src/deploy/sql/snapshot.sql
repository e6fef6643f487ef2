-- Every fact of this database's schema as one line, sorted: two databases are alike exactly when the lines are. Left out:
-- what belongs to the system, what an extension owns, and the schemas named in $1 (the history's own). What the system brought
-- along has an oid below 16384 (FirstNormalObjectId), so that the indexes of oids lead past it.
-- Privileges that were never touched are told as what they amount to, in a fixed order.
-- Parameters: $1 text[] of schemas. Column: fact. Versions 12 to 18. Cost: what users made.
WITH ns AS (
    SELECT oid, nspname, nspowner,
           (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(nspacl, acldefault('n', nspowner))) x) AS acl
      FROM pg_catalog.pg_namespace
     WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND nspname <> ALL ($1::text[])
), owned AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), rel AS (
    SELECT c.*, ns.nspname, format('%I.%I', ns.nspname, c.relname) AS id,
           (SELECT array_agg(x::text ORDER BY x::text)
              FROM unnest(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))) x)
               AS acl
      FROM pg_catalog.pg_class c JOIN ns ON ns.oid = c.relnamespace
     WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_class'::regclass AND objid = c.oid)
), fn AS (
    SELECT p.*, ns.nspname,
           format('%I.%I(%s)', ns.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) AS id,
           (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) x) AS acl
      FROM pg_catalog.pg_proc p JOIN ns ON ns.oid = p.pronamespace
     WHERE p.oid >= 16384 AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
), typ AS (
    SELECT t.*, ns.nspname, format('%I.%I', ns.nspname, t.typname) AS id,
           (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(t.typacl, acldefault('T', t.typowner))) x) AS acl
      FROM pg_catalog.pg_type t JOIN ns ON ns.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
     WHERE t.oid >= 16384
       AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c') OR (t.typtype = 'b' AND t.typelem = 0))
       AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_type'::regclass AND objid = t.oid)
), facts (f) AS (
    SELECT format('schema %I owner %s acl %s', nspname, nspowner::regrole, acl) FROM ns
    UNION ALL
    SELECT format('extension %I schema %s', e.extname, e.extnamespace::regnamespace) FROM pg_catalog.pg_extension e
    UNION ALL
    SELECT format('relation %s kind %s persistence %s rls %s %s replica %s options %s owner %s acl %s partition %s bound %s',
                  id, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, reloptions,
                  relowner::regrole, acl, pg_catalog.pg_get_partkeydef(oid), pg_catalog.pg_get_expr(relpartbound, oid))
      FROM rel WHERE relkind NOT IN ('i', 'I', 't')
    UNION ALL
    SELECT format('inherits %s from %s', rel.id, i.inhparent::regclass)
      FROM pg_catalog.pg_inherits i JOIN rel ON rel.oid = i.inhrelid
    UNION ALL
    SELECT format('column %s.%I type %s not null %s default %s identity %s generated %s collation %s.%s storage %s options %s acl %s',
                  rel.id, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
                  k.collnamespace::regnamespace, k.collname, a.attstorage,
                  (SELECT array_agg(o ORDER BY o) FROM unnest(a.attoptions) o WHERE o !~ '^pg_'), -- what users set, no bookkeeping
                  a.attacl)
      FROM rel JOIN pg_catalog.pg_attribute a ON a.attrelid = rel.oid AND a.attrelid >= 16384 AND a.attnum > 0
                                                 AND NOT a.attisdropped
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation
     WHERE rel.relkind NOT IN ('i', 'I', 't')
    UNION ALL
    SELECT format('view %s as %s', id, pg_catalog.pg_get_viewdef(oid)) FROM rel WHERE relkind IN ('v', 'm')
    UNION ALL
    SELECT format('index %s valid %s', pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid)
      FROM pg_catalog.pg_index i JOIN rel ON rel.oid = i.indrelid WHERE rel.relkind <> 't'
    UNION ALL
    SELECT format('sequence %s type %s %s', rel.id, s.seqtypid::regtype,
                  array[s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle::int])
      FROM pg_catalog.pg_sequence s JOIN rel ON rel.oid = s.seqrelid
    UNION ALL
    SELECT format('constraint %I on %s%s %s valid %s', c.conname, c.conrelid::regclass, NULLIF(c.contypid, 0)::regtype,
                  pg_catalog.pg_get_constraintdef(c.oid), c.convalidated)
      FROM pg_catalog.pg_constraint c JOIN ns ON ns.oid = c.connamespace
     WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM owned WHERE classid IN ('pg_class'::regclass, 'pg_type'::regclass)
                                           AND objid IN (c.conrelid, c.contypid))
    UNION ALL
    SELECT format('trigger %s enabled %s', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled)
      FROM pg_catalog.pg_trigger t JOIN rel ON rel.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('rule %s enabled %s', pg_catalog.pg_get_ruledef(r.oid), r.ev_enabled)
      FROM pg_catalog.pg_rewrite r JOIN rel ON rel.oid = r.ev_class WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT format('policy %I on %s %s %s roles %s using %s check %s', p.polname, rel.id, p.polcmd, p.polpermissive,
                  (SELECT array_agg(x::regrole::text ORDER BY 1) FROM unnest(p.polroles) x),
                  pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
      FROM pg_catalog.pg_policy p JOIN rel ON rel.oid = p.polrelid
    UNION ALL
    SELECT format('function %s owner %s acl %s %s', id, proowner::regrole, acl,
                  CASE WHEN prokind IN ('f', 'p', 'w') THEN pg_catalog.pg_get_functiondef(oid) ELSE prokind::text END)
      FROM fn
    UNION ALL
    SELECT format('type %s kind %s owner %s acl %s %s', id, typtype, typowner::regrole, acl,
                  CASE typtype
                  WHEN 'e' THEN (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder)
                                   FROM pg_catalog.pg_enum WHERE enumtypid = typ.oid)
                  WHEN 'd' THEN format('%s not null %s default %s', pg_catalog.format_type(typbasetype, typtypmod),
                                       typnotnull, typdefault) END)
      FROM typ
    UNION ALL
    SELECT format('default privileges of %s in %s for %s: %s', defaclrole::regrole,
                  NULLIF(defaclnamespace, 0)::regnamespace, defaclobjtype, defaclacl)
      FROM pg_catalog.pg_default_acl
     WHERE defaclnamespace = 0 OR defaclnamespace IN (SELECT oid FROM ns)
    UNION ALL
    SELECT format('database acl %s',
                  (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(datacl, acldefault('d', datdba))) x))
      FROM pg_catalog.pg_database WHERE datname = current_database()
    UNION ALL
    SELECT format('database setting %s %s', NULLIF(setrole, 0)::regrole, x)
      FROM pg_catalog.pg_db_role_setting, unnest(setconfig) x
     WHERE setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    UNION ALL
    SELECT format('event trigger %I on %s enabled %s function %s tags %s', evtname, evtevent, evtenabled, evtfoid::regproc,
                  evttags)
      FROM pg_catalog.pg_event_trigger e
     WHERE NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_event_trigger'::regclass AND objid = e.oid)
    UNION ALL
    SELECT format('%s %s%s', i.type, i.identity, CASE WHEN d.description IS NOT NULL THEN ' comment ' || d.description END)
      FROM (SELECT 'pg_cast'::regclass AS c, oid FROM pg_catalog.pg_cast WHERE oid >= 16384
            UNION ALL SELECT 'pg_operator'::regclass, o.oid FROM pg_catalog.pg_operator o JOIN ns
                                  ON ns.oid = o.oprnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_opclass'::regclass, o.oid FROM pg_catalog.pg_opclass o JOIN ns
                                  ON ns.oid = o.opcnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_opfamily'::regclass, o.oid FROM pg_catalog.pg_opfamily o JOIN ns
                                  ON ns.oid = o.opfnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_collation'::regclass, o.oid FROM pg_catalog.pg_collation o JOIN ns
                                  ON ns.oid = o.collnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_conversion'::regclass, o.oid FROM pg_catalog.pg_conversion o JOIN ns
                                  ON ns.oid = o.connamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_ts_config'::regclass, o.oid FROM pg_catalog.pg_ts_config o JOIN ns
                                  ON ns.oid = o.cfgnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_ts_dict'::regclass, o.oid FROM pg_catalog.pg_ts_dict o JOIN ns
                                  ON ns.oid = o.dictnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_ts_parser'::regclass, o.oid FROM pg_catalog.pg_ts_parser o JOIN ns
                                  ON ns.oid = o.prsnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_ts_template'::regclass, o.oid FROM pg_catalog.pg_ts_template o JOIN ns
                                  ON ns.oid = o.tmplnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_statistic_ext'::regclass, o.oid FROM pg_catalog.pg_statistic_ext o JOIN ns
                                  ON ns.oid = o.stxnamespace AND o.oid >= 16384
            UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_catalog.pg_language WHERE oid >= 16384
            UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_catalog.pg_foreign_data_wrapper
            UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_catalog.pg_foreign_server
            UNION ALL SELECT 'pg_user_mapping'::regclass, oid FROM pg_catalog.pg_user_mapping
            UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_catalog.pg_publication
            UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_catalog.pg_am WHERE oid >= 16384
            UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_catalog.pg_transform) o
      CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.c, o.oid, 0) i
      LEFT JOIN pg_catalog.pg_description d ON d.classoid = o.c AND d.objoid = o.oid AND d.objsubid = 0
     WHERE NOT EXISTS (SELECT FROM owned WHERE owned.classid = o.c AND owned.objid = o.oid)
    UNION ALL
    SELECT format('comment on %s %s: %s', i.type, i.identity, d.description)
      FROM pg_catalog.pg_description d
      CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) i
     WHERE (d.classoid, d.objoid) IN (SELECT 'pg_class'::regclass, oid FROM rel
                                      UNION ALL SELECT 'pg_proc'::regclass, oid FROM fn
                                      UNION ALL SELECT 'pg_type'::regclass, oid FROM typ
                                      UNION ALL SELECT 'pg_namespace'::regclass, oid FROM ns
                                      UNION ALL SELECT 'pg_constraint'::regclass, c.oid
                                                  FROM pg_catalog.pg_constraint c JOIN ns ON ns.oid = c.connamespace
                                      UNION ALL SELECT 'pg_trigger'::regclass, t.oid
                                                  FROM pg_catalog.pg_trigger t JOIN rel ON rel.oid = t.tgrelid
                                      UNION ALL SELECT 'pg_policy'::regclass, p.oid
                                                  FROM pg_catalog.pg_policy p JOIN rel ON rel.oid = p.polrelid)
    UNION ALL
    SELECT format('security label on %s %s: %s %s', l.objtype, l.objname, l.provider, l.label)
      FROM pg_catalog.pg_seclabels l
)
SELECT f FROM facts WHERE f IS NOT NULL ORDER BY f COLLATE "C"
