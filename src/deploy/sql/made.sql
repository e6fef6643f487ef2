-- Objects that were made between two points of the server's counter of oids and are still there, as "type identity", oldest
-- first. Left out: what another of them brings along (a key's index, a table's row type), what an extension owns, what is
-- temporary. Parameters: $1 and $2 oid, both exclusive. Column: object. Versions 12 to 18. Cost: a range of each catalog's
-- index of oids.
WITH made (classid, objid) AS (
    SELECT 'pg_catalog.pg_class'::regclass::oid, oid FROM pg_catalog.pg_class
     WHERE oid > $1::oid AND oid < $2::oid AND relpersistence <> 't' AND relnamespace <> 'pg_toast'::regnamespace
    UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid FROM pg_catalog.pg_proc WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid FROM pg_catalog.pg_type
               WHERE oid > $1::oid AND oid < $2::oid AND typnamespace <> 'pg_toast'::regnamespace
    UNION ALL SELECT 'pg_catalog.pg_namespace'::regclass, oid FROM pg_catalog.pg_namespace
               WHERE oid > $1::oid AND oid < $2::oid AND nspname !~ '^pg_'
    UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, oid FROM pg_catalog.pg_constraint WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, oid FROM pg_catalog.pg_attrdef WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass, oid FROM pg_catalog.pg_trigger
               WHERE oid > $1::oid AND oid < $2::oid AND NOT tgisinternal
    UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass, oid FROM pg_catalog.pg_rewrite WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, oid FROM pg_catalog.pg_policy WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid FROM pg_catalog.pg_operator WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_opclass'::regclass, oid FROM pg_catalog.pg_opclass WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_opfamily'::regclass, oid FROM pg_catalog.pg_opfamily WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_cast'::regclass, oid FROM pg_catalog.pg_cast WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_collation'::regclass, oid FROM pg_catalog.pg_collation WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_conversion'::regclass, oid FROM pg_catalog.pg_conversion WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, oid FROM pg_catalog.pg_ts_config WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, oid FROM pg_catalog.pg_ts_dict WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_ts_parser'::regclass, oid FROM pg_catalog.pg_ts_parser WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_ts_template'::regclass, oid FROM pg_catalog.pg_ts_template
               WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass, oid FROM pg_catalog.pg_statistic_ext
               WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_event_trigger'::regclass, oid FROM pg_catalog.pg_event_trigger
               WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, oid FROM pg_catalog.pg_foreign_data_wrapper
               WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_foreign_server'::regclass, oid FROM pg_catalog.pg_foreign_server
               WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_user_mapping'::regclass, oid FROM pg_catalog.pg_user_mapping
               WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_publication'::regclass, oid FROM pg_catalog.pg_publication
               WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_language'::regclass, oid FROM pg_catalog.pg_language WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_am'::regclass, oid FROM pg_catalog.pg_am WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_transform'::regclass, oid FROM pg_catalog.pg_transform WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_extension'::regclass, oid FROM pg_catalog.pg_extension WHERE oid > $1::oid AND oid < $2::oid
    UNION ALL SELECT 'pg_catalog.pg_default_acl'::regclass, oid FROM pg_catalog.pg_default_acl
               WHERE oid > $1::oid AND oid < $2::oid
)
SELECT i.type || ' ' || i.identity AS object
  FROM made m CROSS JOIN LATERAL pg_catalog.pg_identify_object(m.classid, m.objid, 0) i
 WHERE i.identity IS NOT NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = m.classid AND d.objid = m.objid
                      AND (d.deptype IN ('i', 'e', 'P', 'S')
                           OR (d.deptype = 'a' AND d.refobjid > $1::oid AND d.refobjid < $2::oid)))
 ORDER BY m.objid
