/* madeup/parts.c: what hangs on tables and views: indexes, statistics, triggers, rules, policies, settings. */
#include "world.h"

#include "sql/quote.h"

#include <string.h>

static const Made *table_for(const World *w, const Thing *t)
{
    return REFER(w, t, "table", GROUP_TABLE, GROUP_TABLE, GROUP_PARTITIONED);
}

/* ---- indexes ---- */

static const char *index_column(const World *w, const Thing *t, const Relation *r)
{
    const Column *c = column_for(w, t, "column", r, TYPE_SORTS), *number = column_for(w, t, "number", r, TYPE_WHOLE), *text = column_for(w, t, "text", r, TYPE_TEXT);
    const Made *class = refer(w, t, "class", GROUP_OPERATOR_CLASS);
    const char *order = PICK(w, t, "order", "", "", "", " DESC", " NULLS FIRST", " DESC NULLS LAST");
    if (number != NULL && class != NULL && strcmp(number->type->sql, "integer") == 0 && chance(w, t, "own class", 40))
        return textf(w, "%s %s%s", number->id, class->id, order);
    if (text != NULL && chance(w, t, "of text", 50))
        return textf(w, "%s%s", fill(w, PICK(w, t, "text form", "lower(@)", "@ COLLATE \"C\"", "@ text_pattern_ops", "(@ || 'x')", "@"), text->id), order);
    if (number != NULL && chance(w, t, "of number", 40))
        return textf(w, "(%s + 1)%s", number->id, order);
    return c == NULL ? NULL : textf(w, "%s%s", c->id, order);
}

/* Access methods other than btree, with what they need. */
static const char *special_index(const World *w, const Thing *t, const Relation *r)
{
    const Column *gin = column_for(w, t, "gin", r, TYPE_IN_GIN), *gist = column_for(w, t, "gist", r, TYPE_IN_GIST), *hash = column_for(w, t, "hash", r, TYPE_HASHES);
    const Made *configuration = refer(w, t, "configuration", GROUP_TS_CONFIGURATION);
    const Column *text = column_for(w, t, "text", r, TYPE_TEXT);
    if (text != NULL && configuration != NULL && chance(w, t, "searches", 50))
        return textf(w, "USING gin (to_tsvector(%s, %s))", quoted(w, configuration->id), text->id);
    if (gin != NULL)
        return textf(w, "USING gin (%s%s)%s", gin->id, strcmp(gin->type->sql, "jsonb") == 0 && chance(w, t, "paths", 40) ? " jsonb_path_ops" : "",
                     chance(w, t, "fast", 30) ? " WITH (fastupdate = off)" : "");
    if (gist != NULL)
        return textf(w, "USING gist (%s)", gist->id);
    if (hash != NULL && chance(w, t, "hashes", 60))
        return textf(w, "USING hash (%s)", hash->id);
    if (text != NULL && chance(w, t, "trie", 50))
        return textf(w, "USING spgist (%s)", text->id);
    const Column *c = column_for(w, t, "brin", r, TYPE_WHOLE);
    return c == NULL ? NULL : textf(w, "USING brin (%s) WITH (pages_per_range = %s)", c->id, PICK(w, t, "pages", "16", "64"));
}

static const char *btree_index(const World *w, const Thing *t, const Relation *r)
{
    Thing second = part(t, "second", 0);
    const char *first = index_column(w, t, r), *more = index_column(w, &second, r);
    const Column *included = column_for(w, t, "included", r, 0);
    if (first == NULL)
        return NULL;
    Str out = str_new(w->ctx);
    str_addf(&out, "(%s", first);
    if (more != NULL && chance(w, &second, "exists", 30))
        str_addf(&out, ", %s", more);
    str_add(&out, ")");
    if (included != NULL && chance(w, t, "includes", 15))
        str_addf(&out, " INCLUDE (%s)", included->id);
    if (chance(w, t, "not distinct", 6))
        str_add(&out, " NULLS NOT DISTINCT");
    if (chance(w, t, "options", 15))
        str_addf(&out, " WITH (%s)", PICK(w, t, "which options", "fillfactor = 60", "deduplicate_items = off", "fillfactor = 90, deduplicate_items = off"));
    return out.text;
}

void make_index(World *w, const Thing *t)
{
    const Made *of = REFER(w, t, "of", GROUP_TABLE, GROUP_PARTITIONED, GROUP_MATERIALIZED);
    if (of == NULL)
        return;
    const Relation *r = of->data;
    bool special = chance(w, t, "special", 30);
    const char *keys = special ? special_index(w, t, r) : btree_index(w, t, r);
    const Column *filter = column_for(w, t, "filter", r, 0);
    if (keys == NULL)
        return;
    Made *m = make(w, t, GROUP_INDEX, false);
    m->data = of;
    const char *id = m->id, *own = w->many_schemas ? textf(w, "%s.%s", sql_ident(w->ctx, of->schema), id) : id;
    say(w, "CREATE %sINDEX %s ON %s %s%s", !special && chance(w, t, "unique", 20) ? "UNIQUE " : "", id, of->id, keys,
        filter != NULL && chance(w, t, "partial", 20) ? textf(w, " WHERE %s", check_expression(w, t, r)) : "");
    if (strstr(keys, "((") != NULL && chance(w, t, "statistics", 30))
        say(w, "ALTER INDEX %s ALTER COLUMN 1 SET STATISTICS %s", own, PICK(w, t, "target", "50", "200"));
    if (chance(w, t, "clusters", 8))
        say(w, "ALTER TABLE %s CLUSTER ON %s", of->id, id);
    comment_on(w, t, textf(w, "INDEX %s", own));
}

void make_statistics(World *w, const Thing *t)
{
    const Made *of = table_for(w, t);
    if (of == NULL)
        return;
    const Column *a = column_for(w, t, "a", of->data, TYPE_SORTS), *b = column_for(w, t, "b", of->data, TYPE_SORTS);
    if (a == NULL || a == b)
        return;
    const Made *m = make_alone(w, t);
    const char *what = chance(w, t, "expression", 30) ? textf(w, "(%s::text || 'x')", a->id) : textf(w, "%s, %s", a->id, b->id);
    say(w, "CREATE STATISTICS %s%s ON %s FROM %s", m->id, *what == '(' ? "" : PICK(w, t, "kinds", "", " (ndistinct)", " (dependencies, mcv)"), what, of->id);
    if (chance(w, t, "target", 30))
        say(w, "ALTER STATISTICS %s SET STATISTICS %s", m->id, PICK(w, t, "which target", "0", "50"));
    adorn(w, t, textf(w, "STATISTICS %s", m->id), NULL, NULL, NULL);
}

/* ---- settings of tables ---- */

static const Made *index_of(const World *w, const Made *table)
{
    for (size_t i = 0; i < w->made[GROUP_INDEX].n; i++)
        if (w->made[GROUP_INDEX].v[i]->data == table)
            return w->made[GROUP_INDEX].v[i];
    return NULL;
}

void make_settings(World *w, const Thing *t)
{
    const Made *of = table_for(w, t);
    if (of == NULL)
        return;
    const Made *index = index_of(w, of);
    switch (pick(w, t, "setting", 5)) {
    case 0: say(w, "ALTER TABLE %s REPLICA IDENTITY %s", of->id, PICK(w, t, "identity", "FULL", "NOTHING")); break;
    case 1:
        if (index != NULL)
            say(w, "ALTER TABLE %s REPLICA IDENTITY USING INDEX %s", of->id, index->id);
        break;
    case 2:
        if (index != NULL)
            say(w, "ALTER TABLE %s CLUSTER ON %s", of->id, index->id);
        break;
    case 3: say(w, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY", of->id); break;
    default: say(w, "ALTER TABLE %s FORCE ROW LEVEL SECURITY", of->id); break;
    }
}

/* ---- triggers ---- */

static const char *enabled(const World *w, const Thing *t)
{
    return PICK(w, t, "enabled", NULL, NULL, NULL, NULL, "DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS");
}

static const char *trigger_on_table(const World *w, const Thing *t, const Made *of, const char *name, const char *function)
{
    const Column *c = column_for(w, t, "column", of->data, 0);
    const char *when = "", *level = PICK(w, t, "level", "ROW", "STATEMENT"), *update = "UPDATE";
    if (c != NULL && *level == 'R' && chance(w, t, "when", 30))
        when = fill(w, PICK(w, t, "condition", " WHEN (OLD.@ IS DISTINCT FROM NEW.@)", " WHEN (NOT (OLD.@ IS DISTINCT FROM NEW.@ OR OLD.* IS DISTINCT FROM NEW.*))",
                            " WHEN (OLD.@::text <> 'new' OR NEW.@ IS NULL)"), c->id);
    if (c != NULL && chance(w, t, "of column", 30))
        update = textf(w, "UPDATE OF %s", c->id);
    const char *events = *when != '\0' ? update : PICK(w, t, "events", "INSERT", "INSERT OR UPDATE", "DELETE", "INSERT OR DELETE OR UPDATE");
    if (chance(w, t, "constraint", 15))
        return textf(w, "CREATE CONSTRAINT TRIGGER %s AFTER %s ON %s%s FOR EACH ROW%s EXECUTE FUNCTION %s('it''s', 1)", name, events, of->id,
                     PICK(w, t, "deferrable", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"), when, function);
    if (chance(w, t, "transition", 15))
        return textf(w, "CREATE TRIGGER %s AFTER UPDATE ON %s REFERENCING OLD TABLE AS %s NEW TABLE AS \"N w\" FOR EACH %s EXECUTE FUNCTION %s()", name, of->id,
                     PICK(w, t, "old table", "before", "\"O\""), level, function);
    if (*level == 'S' && chance(w, t, "truncates", 20))
        events = "TRUNCATE";
    return textf(w, "CREATE TRIGGER %s %s %s ON %s FOR EACH %s%s EXECUTE FUNCTION %s(%s)", name, PICK(w, t, "timing", "BEFORE", "AFTER"), events, of->id, level, when,
                 function, PICK(w, t, "argument", "", "", "'a', 'b c'"));
}

void make_trigger(World *w, const Thing *t)
{
    const Made *of = chance(w, t, "on view", 20) ? refer(w, t, "view", GROUP_VIEW) : table_for(w, t), *function = refer(w, t, "function", GROUP_TRIGGER_FUNCTION);
    if (of == NULL || function == NULL)
        return;
    const char *name = sql_ident(w->ctx, made_name(w, t)), *how = enabled(w, t);
    if (of->group == GROUP_VIEW) {
        say(w, "CREATE TRIGGER %s INSTEAD OF %s ON %s FOR EACH ROW EXECUTE FUNCTION %s()", name, PICK(w, t, "instead of", "INSERT", "UPDATE OR DELETE"), of->id, function->id);
    } else {
        say(w, "%s", trigger_on_table(w, t, of, name, function->id));
        if (how != NULL)
            say(w, "ALTER TABLE %s %s TRIGGER %s", of->id, how, name);
    }
    comment_on(w, t, textf(w, "TRIGGER %s ON %s", name, of->id));
}

/* ---- rules, policies ---- */

void make_rule(World *w, const Thing *t)
{
    const Made *of = REFER(w, t, "of", GROUP_TABLE, GROUP_VIEW), *other = refer(w, t, "other", GROUP_TABLE);
    if (of == NULL)
        return;
    const char *name = sql_ident(w->ctx, made_name(w, t)), *how = enabled(w, t);
    const Column *c = column_for(w, t, "column", of->data, 0);
    const char *event = PICK(w, t, "event", "INSERT", "UPDATE", "DELETE");
    const char *where = c != NULL && chance(w, t, "condition", 30) ? textf(w, " WHERE %s.%s IS NULL", *event == 'D' ? "OLD" : "NEW", c->id) : "";
    const char *what = PICK(w, t, "what", "NOTHING", "NOTIFY \"Chan\"", "(NOTIFY a; NOTIFY b)");
    if (other != NULL && other != of && chance(w, t, "writes", 30))
        what = textf(w, "DELETE FROM %s WHERE false", other->id);
    say(w, "CREATE RULE %s AS ON %s TO %s%s DO %s %s", name, event, of->id, where, PICK(w, t, "manner", "ALSO", "INSTEAD"), what);
    if (how != NULL && of->group == GROUP_TABLE)
        say(w, "ALTER TABLE %s %s RULE %s", of->id, how, name);
    comment_on(w, t, textf(w, "RULE %s ON %s", name, of->id));
}

void make_policy(World *w, const Thing *t)
{
    const Made *of = table_for(w, t);
    if (of == NULL)
        return;
    const char *name = sql_ident(w->ctx, made_name(w, t)), *command = PICK(w, t, "command", "ALL", "SELECT", "INSERT", "UPDATE", "DELETE");
    const char *check = check_expression(w, t, of->data), *reads = "";
    const Made *other = REFER(w, t, "other", GROUP_TABLE, GROUP_VIEW), *reader = refer(w, t, "reader", GROUP_READER);
    if (other != NULL && chance(w, t, "looks elsewhere", 25))
        reads = textf(w, " AND EXISTS (SELECT FROM %s x)", other->id);
    else if (reader != NULL && chance(w, t, "reads", 25))
        reads = textf(w, " AND %s() >= 0", reader->id);
    bool uses = strcmp(command, "INSERT") != 0 && chance(w, t, "using", 85), checks = *command != 'S' && *command != 'D' && chance(w, t, "checks", 60);
    say(w, "CREATE POLICY %s ON %s%s FOR %s TO %s%s%s", name, of->id, PICK(w, t, "manner", "", "", " AS RESTRICTIVE"), command,
        PICK(w, t, "to", "PUBLIC", "madeup_reader", "\"Made Up\"\"Writer\", madeup_reader", "CURRENT_USER"), uses ? textf(w, " USING ((%s)%s)", check, reads) : "",
        checks ? textf(w, " WITH CHECK (%s)", check) : "");
    comment_on(w, t, textf(w, "POLICY %s ON %s", name, of->id));
}
