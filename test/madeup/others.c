/* madeup/others.c: text search, foreign data, publications, event triggers, default privileges. */
#include "world.h"

#include "sql/quote.h"

/* ---- text search ---- */

void make_ts_dictionary(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_TS_DICTIONARY, true);
    say(w, "CREATE TEXT SEARCH DICTIONARY %s (%s)", m->id,
        PICK(w, t, "template", "TEMPLATE = simple", "TEMPLATE = simple, accept = false", "TEMPLATE = snowball, language = english",
             "TEMPLATE = snowball, language = german, stopwords = german"));
    adorn(w, t, textf(w, "TEXT SEARCH DICTIONARY %s", m->id), NULL, NULL, NULL);
}

void make_ts_configuration(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_TS_CONFIGURATION, true), *dictionary = refer(w, t, "dictionary", GROUP_TS_DICTIONARY);
    say(w, "CREATE TEXT SEARCH CONFIGURATION %s (%s)", m->id, PICK(w, t, "from", "PARSER = default", "COPY = simple", "COPY = english"));
    if (dictionary != NULL && chance(w, t, "maps", 60)) {
        const char *more = PICK(w, t, "more", "", ", simple");
        say(w, "ALTER TEXT SEARCH CONFIGURATION %s DROP MAPPING IF EXISTS FOR asciiword, word", m->id);
        say(w, "ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s WITH %s%s", m->id, PICK(w, t, "tokens", "asciiword", "asciiword, word"), dictionary->id, more);
    }
    adorn(w, t, textf(w, "TEXT SEARCH CONFIGURATION %s", m->id), NULL, NULL, NULL);
}

/* ---- foreign data ---- */

static const char *options(const World *w, const Thing *t)
{
    return PICK(w, t, "options", "", "", " OPTIONS (host 'h', \"Odd n\" 'it''s')", " OPTIONS (host 'i')", " OPTIONS (port '1', host 'h')");
}

void make_wrapper(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_WRAPPER, false);
    say(w, "CREATE FOREIGN DATA WRAPPER %s%s%s", m->id, chance(w, t, "validates", 20) ? " VALIDATOR postgresql_fdw_validator" : "",
        PICK(w, t, "options", "", " OPTIONS (debug 'true')"));
    adorn(w, t, textf(w, "FOREIGN DATA WRAPPER %s", m->id), textf(w, "FOREIGN DATA WRAPPER %s", m->id), "USAGE", "USAGE");
}

void make_server(World *w, const Thing *t)
{
    const Made *wrapper = refer(w, t, "wrapper", GROUP_WRAPPER);
    if (wrapper == NULL)
        return;
    const Made *m = make(w, t, GROUP_SERVER, false);
    say(w, "CREATE SERVER %s%s%s FOREIGN DATA WRAPPER %s%s", m->id, PICK(w, t, "type", "", " TYPE 'it''s'"), PICK(w, t, "version", "", " VERSION '1'", " VERSION '2'"),
        wrapper->id, options(w, t));
    if (chance(w, t, "mapped", 50))
        say(w, "CREATE USER MAPPING FOR %s SERVER %s%s", PICK(w, t, "whom", "PUBLIC", "madeup_reader", "CURRENT_USER"), m->id,
            PICK(w, t, "mapping", "", " OPTIONS (user 'a')", " OPTIONS (\"user\" 'b c')"));
    adorn(w, t, textf(w, "SERVER %s", m->id), textf(w, "FOREIGN SERVER %s", m->id), "USAGE", "USAGE");
}

/* ---- publications, event triggers ---- */

static const char *published(const World *w, const Thing *t)
{
    const Made *table = refer(w, t, "table", GROUP_TABLE), *schema = refer(w, t, "schema", GROUP_SCHEMA);
    const Column *c = table == NULL ? NULL : column_for(w, t, "column", table->data, TYPE_WHOLE);
    switch (pick(w, t, "what", 6)) {
    case 0: return " FOR ALL TABLES";
    case 1: return textf(w, " FOR TABLES IN SCHEMA %s", schema->id);
    case 2: return c == NULL ? "" : textf(w, " FOR TABLE %s (%s)", table->id, c->id);
    case 3: return c == NULL ? "" : textf(w, " FOR TABLE %s WHERE (%s > 0)", table->id, c->id);
    case 4: return table == NULL ? "" : textf(w, " FOR TABLE %s%s", chance(w, t, "only", 30) ? "ONLY " : "", table->id);
    default: return "";
    }
}

void make_publication(World *w, const Thing *t)
{
    const char *id = sql_ident(w->ctx, made_name(w, t));
    say(w, "CREATE PUBLICATION %s%s%s", id, published(w, t),
        PICK(w, t, "with", "", " WITH (publish = 'insert')", " WITH (publish = 'insert, update, delete', publish_via_partition_root)"));
    adorn(w, t, textf(w, "PUBLICATION %s", id), NULL, NULL, NULL);
}

void make_event_trigger(World *w, const Thing *t)
{
    const Made *function = refer(w, t, "function", GROUP_EVENT_FUNCTION);
    if (function == NULL)
        return;
    const char *id = sql_ident(w->ctx, made_name(w, t)), *how = PICK(w, t, "enabled", NULL, NULL, NULL, "DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS");
    say(w, "CREATE EVENT TRIGGER %s ON %s EXECUTE FUNCTION %s()", id,
        PICK(w, t, "event", "ddl_command_start", "sql_drop", "ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')"), function->id);
    if (how != NULL)
        say(w, "ALTER EVENT TRIGGER %s %s", id, how);
    adorn(w, t, textf(w, "EVENT TRIGGER %s", id), NULL, NULL, NULL);
}

/* ---- default privileges ---- */

void make_default_privileges(World *w, const Thing *t)
{
    const Made *schema = w->many_schemas ? refer(w, t, "schema", GROUP_SCHEMA) : NULL;
    const char *in = w->many_schemas ? schema->id : sql_ident(w->ctx, w->schema), *role = PICK(w, t, "role", "", " FOR ROLE madeup_reader");
    const char *where = w->many_schemas && chance(w, t, "everywhere", 30) ? "" : textf(w, " IN SCHEMA %s", in);
    if (*where == '\0' && chance(w, t, "revokes", 50)) {
        say(w, "ALTER DEFAULT PRIVILEGES%s REVOKE %s FROM PUBLIC", role, PICK(w, t, "revoked", "EXECUTE ON FUNCTIONS", "USAGE ON TYPES"));
        return;
    }
    say(w, "ALTER DEFAULT PRIVILEGES%s%s GRANT %s TO %s%s", role, where, PICK(w, t, "granted", "SELECT ON TABLES", "USAGE ON SEQUENCES", "EXECUTE ON FUNCTIONS", "USAGE ON TYPES"),
        PICK(w, t, "grantee", "madeup_reader", "\"Made Up\"\"Writer\"", "PUBLIC"), chance(w, t, "option", 15) && !chance(w, t, "to all", 0) ? " WITH GRANT OPTION" : "");
}
