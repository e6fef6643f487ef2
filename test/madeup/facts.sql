-- Every fact of the schemas as one line: a catalog's row as the server holds it, less what is of no account (where it lies, who
-- has counted it) and with names for numbers. $1: the one schema, null for all; $2: whether the columns' order counts, and what a child
-- has of its own: neither can be changed once it is there, nor can a child's columns be put in an order that their history gave them.
WITH ns AS (
    SELECT oid, nspname, nspacl, nspowner FROM pg_namespace
    WHERE CASE WHEN $1::text IS NULL THEN nspname !~ '^pg_' AND nspname <> 'information_schema' ELSE nspname = $1 END
), member AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e' -- an extension's, and so told by that
), class AS (
    SELECT c.*, c.oid::regclass::text AS id FROM pg_class c JOIN ns ON ns.oid = c.relnamespace WHERE NOT EXISTS (SELECT FROM member WHERE objid = c.oid AND classid = 'pg_class'::regclass)
), type AS (
    SELECT t.*, format_type(t.oid, NULL) AS id FROM pg_type t JOIN ns ON ns.oid = t.typnamespace WHERE NOT EXISTS (SELECT FROM member WHERE objid = t.oid AND classid = 'pg_type'::regclass)
), proc AS (
    SELECT p.*, p.oid::regprocedure::text AS id FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i') -- a range type's
      AND NOT EXISTS (SELECT FROM member WHERE objid = p.oid AND classid = 'pg_proc'::regclass)
), list (what, id, acl, kind, owner) AS (
    SELECT 'class', id, relacl, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner FROM class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT 'proc', id, proacl, 'f', proowner FROM proc
    UNION ALL SELECT 'type', id, typacl, 'T', typowner FROM type WHERE typtype <> 'm' AND typelem = 0 AND (typrelid = 0 OR typrelid IN (SELECT oid FROM class WHERE relkind = 'c'))
    UNION ALL SELECT 'namespace', nspname, nspacl, 'n', nspowner FROM ns WHERE nspname <> 'public'
    UNION ALL SELECT 'wrapper', fdwname, fdwacl, 'F', fdwowner FROM pg_foreign_data_wrapper WHERE $1 IS NULL
    UNION ALL SELECT 'server', srvname, srvacl, 'S', srvowner FROM pg_foreign_server WHERE $1 IS NULL
), fact (what, id, details) AS (
    SELECT 'namespace', nspname::text, jsonb_build_object('owner', CASE WHEN nspname <> 'public' THEN nspowner::regrole::text END) FROM ns
    UNION ALL
    SELECT 'acl ' || l.what, l.id || ' ' || CASE e.grantee WHEN 0 THEN 'everybody' ELSE e.grantee::regrole::text END,
           jsonb_object_agg(e.privilege_type, e.is_grantable)
    FROM list l, aclexplode(coalesce(l.acl, acldefault(l.kind, l.owner))) e GROUP BY l.what, l.id, e.grantee
    UNION ALL
    SELECT 'class', id, to_jsonb(c) - '{oid,relname,relnamespace,reltype,relfilenode,reltablespace,relpages,reltuples,relallvisible,relallfrozen,reltoastrelid,relhasindex,relnatts,relchecks,relhasrules,relhastriggers,relhassubclass,relrewrite,relfrozenxid,relminmxid,relacl,id,reloptions,relam,reloftype}'::text[]
           || jsonb_build_object('relowner', relowner::regrole, 'relpartbound', pg_get_expr(relpartbound, oid), 'partition by', CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) END,
                  'am', (SELECT amname FROM pg_am a WHERE a.oid = relam), 'of', CASE WHEN reloftype <> 0 THEN reloftype::regtype END,
                  'options', (SELECT array_agg(x ORDER BY x) FROM unnest(reloptions) x),
                  'toast', (SELECT reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid),
                  'view', CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
    FROM class c
    UNION ALL
    SELECT 'attribute', id || '.' || quote_ident(attname), to_jsonb(a) - '{attrelid,attname,attnum,attlen,attcacheoff,attbyval,attalign,atthasmissing,attmissingval,attisdropped,atttypid,atttypmod,attndims,attacl,attoptions,attfdwoptions,attstattarget,attcollation,attislocal}'::text[]
           || jsonb_build_object('local', CASE WHEN $2 THEN attislocal END, 'type', format_type(atttypid, atttypmod), 'collation', CASE WHEN attcollation <> 0 THEN attcollation::regcollation END,
                  'target', nullif(attstattarget, -1), 'options', (SELECT array_agg(x ORDER BY x) FROM unnest(attoptions) x WHERE x !~ '^pg_attver='),
                  'foreign', (SELECT array_agg(x ORDER BY x) FROM unnest(attfdwoptions) x), 'value', (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef d WHERE d.adrelid = attrelid AND d.adnum = attnum),
                  'place', CASE WHEN ($2 AND (relispartition OR NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid))) OR relkind <> 'r' AND relkind <> 'p' AND relkind <> 'f' AND relkind <> 'c'
                           THEN (SELECT count(*) FROM pg_attribute b WHERE b.attrelid = a.attrelid AND b.attnum BETWEEN 1 AND a.attnum AND NOT b.attisdropped) END,
                  'acl', (SELECT array_agg(concat(e.grantee::regrole, e.privilege_type, e.is_grantable) ORDER BY e.grantee::regrole::text, e.privilege_type) FROM aclexplode(attacl) e))
    FROM class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'S'
    UNION ALL
    SELECT 'constraint', concat(conrelid::regclass, ' ', contypid::regtype, ' ', CASE WHEN contype = 'n' AND coninhcount > 0 AND NOT $2 THEN 'inherited' ELSE quote_ident(conname) END), to_jsonb(k) - '{oid,conname,connamespace,conrelid,contypid,conindid,conparentid,confrelid,conkey,confkey,conpfeqop,conppeqop,conffeqop,conexclop,conbin,confdelsetcols,conislocal,connoinherit}'::text[]
           || jsonb_build_object('local', CASE WHEN $2 THEN conislocal END, 'no inherit', connoinherit AND contype IN ('c', 'n'), 'text', pg_get_constraintdef(oid), 'of', (SELECT concat(p.conrelid::regclass, ' ', p.conname) FROM pg_constraint p WHERE p.oid = k.conparentid))
    FROM pg_constraint k WHERE (conrelid IN (SELECT oid FROM class) OR contypid IN (SELECT oid FROM type)) AND contype <> 't'
    UNION ALL
    SELECT 'index', id, to_jsonb(i) - '{indexrelid,indrelid,indkey,indcollation,indclass,indoption,indexprs,indpred,indcheckxmin}'::text[] || jsonb_build_object('text', pg_get_indexdef(indexrelid))
    FROM class c JOIN pg_index i ON i.indexrelid = c.oid
    UNION ALL
    SELECT 'inherits', inhrelid::regclass || ' from ' || inhparent::regclass, '{}' FROM pg_inherits WHERE inhrelid IN (SELECT oid FROM class)
    UNION ALL
    SELECT 'foreign table', id, jsonb_build_object('options', (SELECT array_agg(x ORDER BY x) FROM unnest(ftoptions) x), 'server', srvname)
    FROM class c JOIN pg_foreign_table f ON f.ftrelid = c.oid JOIN pg_foreign_server s ON s.oid = f.ftserver
    UNION ALL
    SELECT 'sequence', id, to_jsonb(s) - '{seqrelid,seqtypid}'::text[] || jsonb_build_object('type', seqtypid::regtype, 'of',
               (SELECT format('%s %s.%I', deptype, refobjid::regclass, attname) FROM pg_depend d JOIN pg_attribute a ON attrelid = refobjid AND attnum = refobjsubid
                WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')))
    FROM class c JOIN pg_sequence s ON s.seqrelid = c.oid
    UNION ALL
    SELECT 'rule', ev_class::regclass || ' ' || rulename, jsonb_build_object('text', pg_get_ruledef(oid), 'enabled', ev_enabled)
    FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM class) AND rulename <> '_RETURN'
    UNION ALL
    SELECT 'trigger', tgrelid::regclass || ' ' || tgname, jsonb_build_object('text', pg_get_triggerdef(oid), 'enabled', tgenabled, 'copied', tgparentid <> 0)
    FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM class) AND NOT tgisinternal
    UNION ALL
    SELECT 'policy', polrelid::regclass || ' ' || polname, jsonb_build_object('command', polcmd, 'permissive', polpermissive, 'using', pg_get_expr(polqual, polrelid),
               'check', pg_get_expr(polwithcheck, polrelid), 'roles', (SELECT array_agg(r::regrole::text ORDER BY r::regrole::text) FROM unnest(polroles) r))
    FROM pg_policy WHERE polrelid IN (SELECT oid FROM class)
    UNION ALL
    SELECT 'statistics', n.nspname || '.' || stxname, jsonb_build_object('of', stxrelid::regclass, 'kinds', stxkind, 'expressions', pg_get_statisticsobjdef_expressions(s.oid),
               'columns', (SELECT array_agg(attname ORDER BY attname) FROM pg_attribute WHERE attrelid = stxrelid AND attnum = ANY (stxkeys)), 'target', nullif(stxstattarget, -1), 'owner', stxowner::regrole)
    FROM pg_statistic_ext s JOIN ns n ON n.oid = stxnamespace
    UNION ALL
    SELECT 'type', id, to_jsonb(t) - '{oid,typname,typnamespace,typowner,typrelid,typelem,typarray,typbasetype,typtypmod,typdefault,typdefaultbin,typacl,typcollation,id,typndims}'::text[]
           || jsonb_build_object('owner', typowner::regrole, 'base', CASE WHEN typbasetype <> 0 THEN format_type(typbasetype, typtypmod) END,
                  'collation', CASE WHEN typcollation <> 0 THEN typcollation::regcollation END,
                  'value', pg_get_expr(typdefaultbin, 'pg_type'::regclass),
                  'labels', (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
                  'range', (SELECT to_jsonb(r) - '{rngtypid,rngsubtype,rngmultitypid,rngcollation,rngsubopc}'::text[] || jsonb_build_object('of', rngsubtype::regtype, 'multi', rngmultitypid::regtype,
                                'collation', nullif(rngcollation, 0)::regcollation, 'class', (SELECT opcname FROM pg_opclass o WHERE o.oid = rngsubopc))
                            FROM pg_range r WHERE rngtypid = t.oid))
    FROM type t
    UNION ALL
    SELECT 'proc', id, jsonb_build_object('owner', proowner::regrole, 'kind', prokind, 'text', CASE WHEN prokind <> 'a' THEN pg_get_functiondef(oid) END,
               'arguments', pg_get_function_arguments(oid), 'result', pg_get_function_result(oid), 'parallel', proparallel,
               'aggregate', (SELECT to_jsonb(a) - '{aggfnoid,aggsortop,aggtranstype,aggmtranstype}'::text[] || jsonb_build_object('sort', nullif(aggsortop, 0)::regoperator, 'state', aggtranstype::regtype,
                                 'moving', nullif(aggmtranstype, 0)::regtype) FROM pg_aggregate a WHERE a.aggfnoid = p.oid))
    FROM proc p
    UNION ALL
    SELECT 'operator', oid::regoperator::text, jsonb_build_object('owner', oprowner::regrole, 'code', oprcode, 'commutator', nullif(oprcom, 0)::regoperator, 'negator', nullif(oprnegate, 0)::regoperator,
               'restrict', oprrest, 'join', oprjoin, 'hash', oprcanhash, 'merge', oprcanmerge)
    FROM pg_operator WHERE oprnamespace IN (SELECT oid FROM ns)
    UNION ALL
    SELECT 'operator family', format('%I.%I', nspname, opfname), jsonb_build_object('owner', opfowner::regrole,
               'operators', (SELECT array_agg(concat_ws(' ', amopstrategy, amopopr::regoperator, amoppurpose) ORDER BY amopstrategy, amopopr::regoperator::text) FROM pg_amop WHERE amopfamily = f.oid),
               'functions', (SELECT array_agg(concat_ws(' ', amprocnum, amproc::oid::regprocedure) ORDER BY amprocnum, amproc::oid::regprocedure::text) FROM pg_amproc WHERE amprocfamily = f.oid))
    FROM pg_opfamily f JOIN ns ON ns.oid = opfnamespace
    UNION ALL
    SELECT 'operator class', format('%I.%I', nspname, opcname), jsonb_build_object('owner', opcowner::regrole, 'of', opcintype::regtype, 'default', opcdefault, 'key', opckeytype::regtype,
               'family', (SELECT opfname FROM pg_opfamily f WHERE f.oid = opcfamily))
    FROM pg_opclass JOIN ns ON ns.oid = opcnamespace
    UNION ALL
    SELECT 'collation', c.oid::regcollation::text, to_jsonb(c) - '{oid,collname,collnamespace,collowner,collversion}'::text[] || jsonb_build_object('owner', collowner::regrole)
    FROM pg_collation c WHERE collnamespace IN (SELECT oid FROM ns)
    UNION ALL
    SELECT 'dictionary', d.oid::regdictionary::text, jsonb_build_object('owner', dictowner::regrole, 'template', (SELECT tmplname FROM pg_ts_template t WHERE t.oid = dicttemplate), 'options', dictinitoption)
    FROM pg_ts_dict d WHERE dictnamespace IN (SELECT oid FROM ns)
    UNION ALL
    SELECT 'configuration', c.oid::regconfig::text, jsonb_build_object('owner', cfgowner::regrole,
               'maps', (SELECT array_agg(concat_ws(' ', maptokentype, mapseqno, mapdict::regdictionary) ORDER BY maptokentype, mapseqno) FROM pg_ts_config_map WHERE mapcfg = c.oid))
    FROM pg_ts_config c WHERE cfgnamespace IN (SELECT oid FROM ns)
    UNION ALL
    SELECT 'default acl', concat_ws(' ', defaclrole::regrole, nspname, defaclobjtype), jsonb_build_object('acl',
               (SELECT array_agg(concat_ws(' ', e.grantee::regrole, e.privilege_type, e.is_grantable) ORDER BY e.grantee::regrole::text, e.privilege_type) FROM aclexplode(defaclacl) e))
    FROM pg_default_acl LEFT JOIN ns ON ns.oid = defaclnamespace WHERE $1 IS NULL OR ns.oid IS NOT NULL
    UNION ALL
    SELECT 'cast', concat(castsource::regtype, ' to ', casttarget::regtype), jsonb_build_object('function', nullif(castfunc, 0)::regprocedure, 'context', castcontext, 'method', castmethod)
    FROM pg_cast WHERE $1 IS NULL AND oid >= 16384 AND castsource NOT IN (SELECT rngtypid FROM pg_range)
    UNION ALL
    SELECT 'wrapper', fdwname, jsonb_build_object('owner', fdwowner::regrole, 'handler', fdwhandler::oid, 'validator', fdwvalidator::regproc, 'options', (SELECT array_agg(x ORDER BY x) FROM unnest(fdwoptions) x))
    FROM pg_foreign_data_wrapper WHERE $1 IS NULL
    UNION ALL
    SELECT 'server', srvname, jsonb_build_object('owner', srvowner::regrole, 'type', srvtype, 'version', srvversion, 'options', (SELECT array_agg(x ORDER BY x) FROM unnest(srvoptions) x),
               'wrapper', (SELECT fdwname FROM pg_foreign_data_wrapper w WHERE w.oid = srvfdw))
    FROM pg_foreign_server WHERE $1 IS NULL
    UNION ALL
    SELECT 'user mapping', concat(srvname, ' ', umuser::regrole), jsonb_build_object('options', (SELECT array_agg(x ORDER BY x) FROM unnest(umoptions) x))
    FROM pg_user_mapping JOIN pg_foreign_server s ON s.oid = umserver WHERE $1 IS NULL
    UNION ALL
    SELECT 'extension', extname, jsonb_build_object('schema', extnamespace::regnamespace, 'version', extversion) FROM pg_extension WHERE $1 IS NULL
    UNION ALL
    SELECT 'event trigger', evtname, jsonb_build_object('owner', evtowner::regrole, 'event', evtevent, 'function', evtfoid::regproc, 'enabled', evtenabled, 'tags', evttags)
    FROM pg_event_trigger WHERE $1 IS NULL
    UNION ALL
    SELECT 'publication', pubname, to_jsonb(p) - '{oid,pubname,pubowner}'::text[] || jsonb_build_object('owner', pubowner::regrole,
               'tables', (SELECT array_agg(to_jsonb(t) - '{pubname,attnames}'::text[] || jsonb_build_object('columns', (SELECT array_agg(x ORDER BY x) FROM jsonb_array_elements_text(nullif(to_jsonb(t) -> 'attnames', 'null')) x)) ORDER BY t.schemaname, t.tablename) FROM pg_publication_tables t WHERE t.pubname = p.pubname),
               'listed', (SELECT array_agg(prrelid::regclass ORDER BY prrelid::regclass::text) FROM pg_publication_rel WHERE prpubid = p.oid))
    FROM pg_publication p WHERE $1 IS NULL
    UNION ALL
    SELECT 'comment', i.type || ' ' || i.identity, to_jsonb(d.description) FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
    WHERE (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass) AND d.classoid <> 'pg_database'::regclass
      AND ($1 IS NULL OR i.schema = $1 OR d.objoid IN (SELECT oid FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ns)
                                                      UNION ALL SELECT oid FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM class)
                                                      UNION ALL SELECT oid FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM class)
                                                      UNION ALL SELECT oid FROM pg_policy WHERE polrelid IN (SELECT oid FROM class)))
)
SELECT line FROM fact, replace(concat_ws(' ', what, id, jsonb_strip_nulls(details)), E'\n', '\n') AS line ORDER BY line COLLATE "C"
