-- key, object: a trigger. function and condition hold the whole definition, of which each wants its part.
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, c.relname AS table, t.tgname AS name,
           CASE WHEN t.tgtype & 64 <> 0 THEN 'INSTEAD OF' WHEN t.tgtype & 2 <> 0 THEN 'BEFORE' ELSE 'AFTER' END AS timing,
           array_remove(ARRAY[CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' END, CASE WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' END,
                              CASE WHEN t.tgtype & 8 <> 0 THEN 'DELETE' END, CASE WHEN t.tgtype & 32 <> 0 THEN 'TRUNCATE' END],
                        NULL) AS events,
           (SELECT json_agg(quote_ident(a.attname) ORDER BY u.place)
            FROM unnest(t.tgattr::smallint[]) WITH ORDINALITY AS u (attnum, place)
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum) AS update_columns,
           CASE WHEN t.tgtype & 1 <> 0 THEN 'ROW' ELSE 'STATEMENT' END AS level,
           pg_get_triggerdef(t.oid) AS function, pg_get_triggerdef(t.oid) AS condition,
           obj_description(t.oid, 'pg_trigger') AS comment, NULLIF(t.tgconstraint <> 0, false) AS is_constraint,
           NULLIF(t.tgdeferrable, false) AS deferrable, NULLIF(t.tginitdeferred, false) AS initially_deferred,
           t.tgoldtable AS old_table, t.tgnewtable AS new_table, NULLIF(t.tgenabled = 'D', false) AS disabled
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND NOT t.tgisinternal AND t.tgparentid = 0
) o
