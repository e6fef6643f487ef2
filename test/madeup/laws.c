/* madeup/laws.c: see laws.h. */
#include "laws.h"

#include "base/file.h"
#include "deploy/apply.h"
#include "plan/schema_plan.h"
#include "schema/desired.h"
#include "schema/desired_files.h"
#include "schema/dump.h"
#include "schema/load.h"

#include <string.h>

typedef struct Check {
    const void *ctx;
    const Server *server;
    const char *folder;
    Pair *pair;
    TextList schemas;
    Outcome *outcome;
} Check;

/* A law is broken: nothing more is looked at. */
static bool broken(Check *c, const char *law, const char *text)
{
    c->outcome->law = mem_strdup(c->ctx, law);
    c->outcome->text = mem_strdup(c->ctx, text);
    return false;
}

static bool broken_by(Check *c, const char *law, Error *error)
{
    Str text = str_new(c->ctx);
    error_render(error, &text);
    broken(c, mem_printf(c->ctx, "%s %s", law, error->sqlstate), text.text);
    error_clear(error);
    return false;
}

static char *script_of(const void *ctx, const TextList *statements)
{
    Str out = str_new(ctx);
    for (size_t i = 0; i < statements->n; i++)
        str_addf(&out, "%s;\n\n", statements->v[i]);
    return out.text;
}

static bool same_facts(Check *c, const char *law, PgConn *conn, bool with_order, const TextList *wanted)
{
    Error error = {0};
    TextList found = {0};
    if (!database_facts(c->ctx, conn, c->pair->schema, with_order, &found, &error))
        return broken_by(c, law, &error);
    const char *text = facts_differ(c->ctx, wanted, &found);
    return *text == '\0' || broken(c, law, text);
}

/* ---- plans ---- */

static char *steps_text(const void *ctx, const SchemaPlan *plan)
{
    Str out = str_new(ctx);
    for (size_t g = 0; g < plan->groups.n; g++)
        for (size_t i = 0; i < plan->groups.v[g].steps.n; i++)
            str_addf(&out, "%s;\n", plan->groups.v[g].steps.v[i].sql);
    return out.text;
}

static SchemaPlan *make_plan(Check *c, const Model *from, const Model *to)
{
    SchemaPlanOptions options = {.offline = false, .diff = {.keep_database_wide = !c->pair->many_schemas}};
    return schema_plan_make(c->ctx, from, to, &options);
}

static bool plan_is_empty(Check *c, const char *law, const Model *from, const Model *to)
{
    SchemaPlan *plan = make_plan(c, from, to);
    return plan->groups.n == 0 || broken(c, law, steps_text(c->ctx, plan));
}

/* What rows may forbid, and nobody can help: values that break a constraint, that a new type does not have, or that an index of such
 * a type cannot compare, which an empty one need not. */
static bool is_about_rows(const Error *error)
{
    return strncmp(error->sqlstate, "23", 2) == 0 || strncmp(error->sqlstate, "22", 2) == 0 || strstr(error->message, "in tsvector: ") != NULL ||
           strstr(error->message, "could not identify a comparison function for type ") != NULL;
}

static bool delete_rows(PgConn *conn, Error *err)
{
    return pg_recover(conn) && pg_script(conn, "ROLLBACK", err) &&
           pg_script(conn,
                     "DO $$ DECLARE t regclass; BEGIN SET LOCAL session_replication_role = replica; SET LOCAL search_path = pg_catalog; "
                     "FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384 LOOP "
                     "EXECUTE format('TRUNCATE %s CASCADE', t); END LOOP; END $$",
                     err);
}

static bool run_plan(Check *c, PgConn *conn, const Model *from, const Model *to, SchemaPlan **plan, Error *error)
{
    ApplyResult result;
    ApplyOptions options = {.schemas = &c->schemas, .lock_timeout_ms = 20000};
    *plan = make_plan(c, from, to);
    return apply_plan(conn, *plan, &options, &result, error);
}

static void tell_plan(Check *c, const SchemaPlan *plan)
{
    c->outcome->text = mem_printf(c->ctx, "%splan:\n%s", c->outcome->text, steps_text(c->ctx, plan));
}

/* After a failure for the rows' sake a new plan goes on from what is there, without them. */
static bool apply(Check *c, const char *way, PgConn *conn, const Model *from, const Model *to, const TextList *facts)
{
    Error error = {0};
    SchemaPlan *plan;
    if (run_plan(c, conn, from, to, &plan, &error))
        goto applied;
    if (is_about_rows(&error) && !c->outcome->without_rows) {
        c->outcome->without_rows = true;
        error_clear(&error);
        const Model *now = delete_rows(conn, &error) ? schema_load(c->ctx, conn, &c->schemas, &error) : NULL;
        if (now != NULL && run_plan(c, conn, now, to, &plan, &error))
            goto applied;
    }
    broken_by(c, mem_printf(c->ctx, "%s: apply", way), &error);
    tell_plan(c, plan);
    return false;
applied:
    if (same_facts(c, mem_printf(c->ctx, "%s: facts", way), conn, false, facts))
        return true;
    tell_plan(c, plan);
    return false;
}

/* What is there then; NULL when a law is broken. */
static const Model *migrate(Check *c, const char *way, PgConn *conn, const Model *from, const Model *to, const TextList *facts)
{
    Error error = {0};
    const void *ctx = c->ctx;
    if (!apply(c, way, conn, from, to, facts))
        return NULL;
    const Model *now = schema_load(ctx, conn, &c->schemas, &error);
    if (now == NULL)
        broken_by(c, mem_printf(ctx, "%s: read", way), &error);
    return now != NULL && plan_is_empty(c, mem_printf(ctx, "%s: second plan", way), now, to) ? now : NULL;
}

/* ---- what files want ---- */

static Model *wanted_by(Check *c, const char *name, const char *text, PgConn *target, const Model *target_model)
{
    Error error = {0};
    const char *path = path_join(c->ctx, c->folder, name);
    DesiredOptions options = {.server_url = c->server->url, .schemas = c->schemas, .target = target, .target_model = target_model};
    options.files = file_write(path, text, strlen(text), &error) ? wanted_read(c->ctx, path, &error) : NULL;
    Model *m = options.files != NULL ? desired_load(c->ctx, &options, &error) : NULL;
    if (m == NULL)
        broken_by(c, mem_printf(c->ctx, "run %s", name), &error);
    return m;
}

/* ---- the dump ---- */

static bool check_dump(Check *c, PgConn *old, const Model *model, const TextList *facts)
{
    Error error = {0};
    const char *dump = schema_dump(c->ctx, model, &(DumpOptions){.owners = true});
    Database *copy = server_database(c->ctx, c->server, "copy", &error);
    if (copy == NULL || !database_prepare(copy->conn, c->pair, &error))
        return broken_by(c, "server", &error);
    if (!pg_script(copy->conn, dump, &error)) {
        broken_by(c, "dump: load", &error);
        return broken(c, c->outcome->law, mem_printf(c->ctx, "%s%s", c->outcome->text, dump));
    }
    if (!same_facts(c, "dump: facts", copy->conn, true, facts))
        return broken(c, c->outcome->law, mem_printf(c->ctx, "%s%s", c->outcome->text, dump));
    talloc_free(copy);
    const Model *wanted = wanted_by(c, "dump.sql", dump, old, model);
    return wanted != NULL && plan_is_empty(c, "dump.sql: plan", model, wanted);
}

/* ---- all ---- */

static Database *database_with(Check *c, const char *name, TextList *statements, TextList *facts, Error *err)
{
    Database *db = server_database(c->ctx, c->server, name, err);
    if (db == NULL || !database_prepare(db->conn, c->pair, err) || !database_try(c->ctx, db->conn, statements, err) ||
        !database_facts(c->ctx, db->conn, c->pair->schema, false, facts, err))
        return NULL;
    return db;
}

/* The rows come once its facts are known: with the search path that statements are for. */
static bool fill(Check *c, PgConn *conn, TextList *ordered_facts, Error *err)
{
    return database_facts(c->ctx, conn, c->pair->schema, true, ordered_facts, err) && database_prepare(conn, c->pair, err) &&
           database_try(c->ctx, conn, &c->pair->rows, err);
}

static void check_ways(Check *c, PgConn *old, const Model *model, const TextList *old_facts, const TextList *new_facts)
{
    const Model *new = wanted_by(c, "new.sql", script_of(c->ctx, &c->pair->new), old, model);
    const Model *now = new == NULL ? NULL : migrate(c, "forward", old, model, new, new_facts);
    if (now != NULL)
        migrate(c, "back", old, now, model, old_facts);
}

bool laws_check(const void *ctx, const Server *server, const char *folder, Pair *pair, Outcome *outcome, Error *err)
{
    Check c = {.ctx = ctx, .server = server, .folder = folder, .pair = pair, .outcome = outcome};
    TextList old_facts = {0}, ordered_facts = {0}, new_facts = {0};
    if (pair->schema != NULL)
        list_push(ctx, &c.schemas, pair->schema);
    Database *new = database_with(&c, "new", &pair->new, &new_facts, err);
    talloc_free(new);
    Database *old = new == NULL ? NULL : database_with(&c, "old", &pair->old, &old_facts, err);
    if (old == NULL || !fill(&c, old->conn, &ordered_facts, err))
        return false;
    Error error = {0};
    const Model *model = schema_load(ctx, old->conn, &c.schemas, &error);
    if (model == NULL)
        broken_by(&c, "read", &error);
    else if (check_dump(&c, old->conn, model, &ordered_facts))
        check_ways(&c, old->conn, model, &old_facts, &new_facts);
    talloc_free(old);
    return true;
}
