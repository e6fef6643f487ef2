/* madeup/views.c: views and materialized views. */
#include "world.h"

#include "sql/quote.h"

#include <string.h>

static const Made *relation_for(const World *w, const Thing *t, const char *slot)
{
    return REFER(w, t, slot, GROUP_TABLE, GROUP_PARTITIONED, GROUP_FOREIGN_TABLE, GROUP_VIEW, GROUP_MATERIALIZED);
}

typedef struct Query {
    Str columns;
    Relation *relation; /* what the view has */
    unsigned n;
} Query;

static void add(World *w, Query *q, const char *expression, const char *id, const Type *type)
{
    for (size_t i = 0; i < q->relation->columns.n; i++)
        if (strcmp(q->relation->columns.v[i].id, id) == 0)
            return;
    str_addf(&q->columns, "%s%s AS %s", q->columns.len > 0 ? ", " : "", expression, id);
    list_push(w->ctx, &q->relation->columns, (Column){id, type, false});
}

/* Columns of what it is over, under their own or other names. */
static void add_plain(World *w, const Thing *t, Query *q, const Relation *of)
{
    for (size_t i = 0; i < of->columns.n; i++) {
        const Column *c = &of->columns.v[i];
        Thing p = part(t, c->id, 0);
        if (!chance(w, &p, "exists", 65))
            continue;
        add(w, q, textf(w, "a.%s", c->id), chance(w, &p, "renamed", 20) ? sql_ident(w->ctx, made_name(w, &p)) : c->id, c->type);
    }
}

static void add_computed(World *w, const Thing *t, Query *q, const Made *over)
{
    static const Type number = {"integer", {"1", "2", "3"}, TYPE_SORTS}, string = {"text", {"1", "2", "3"}, TYPE_SORTS};
    const Relation *of = over->data;
    const Column *whole = column_for(w, t, "whole", of, TYPE_WHOLE), *any = column_for(w, t, "any", of, 0);
    const Made *reader = refer(w, t, "reader", GROUP_READER), *maker = refer(w, t, "maker", GROUP_MAKER), *operator= refer(w, t, "operator", GROUP_OPERATOR);
    if (reader != NULL && chance(w, t, "reads", 25))
        add(w, q, textf(w, "%s()", reader->id), "computed_1", &number);
    if (maker != NULL && chance(w, t, "made", 25))
        add(w, q, textf(w, "%s()", maker->id), "computed_2", &string);
    if (any != NULL && chance(w, t, "as text", 30))
        add(w, q, fill(w, PICK(w, t, "text form", "a.@::text", "COALESCE(a.@::text, 'it''s')", "(a.@::text || ARRAY['x']::text)"), any->id), "computed_3", &string);
    if (whole != NULL && operator!= NULL && chance(w, t, "operates", 30))
        add(w, q, textf(w, "(a.%s::integer %s 1)::integer", whole->id, operator->id), "computed_4", &number);
    if (chance(w, t, "row", 10))
        add(w, q, "a", "whole_row", &string);
}

static const char *from_of(const World *w, const Thing *t, const Made *over)
{
    const Made *second = relation_for(w, t, "second");
    const Relation *of = over->data;
    const Column *filter = column_for(w, t, "filter", of, 0);
    Str out = str_new(w->ctx);
    str_addf(&out, " FROM %s%s a", chance(w, t, "only", 8) ? "ONLY " : "", over->id);
    if (second != NULL && chance(w, t, "joins", 25))
        str_addf(&out, " %s JOIN %s b ON true", PICK(w, t, "how", "LEFT", "INNER"), second->id);
    if (chance(w, t, "knows", 12))
        str_add(&out, " CROSS JOIN (SELECT 'a', NULL, -1 UNION ALL SELECT DISTINCT 'b' COLLATE \"C\", 'AS', 2) known (x, y, z)");
    if (filter != NULL && chance(w, t, "filters", 35))
        str_addf(&out, " WHERE a.%s IS NOT NULL%s", filter->id, chance(w, t, "asks", 25) ? " AND (SELECT 'x' WHERE true) IS NOT NULL" : "");
    return out.text;
}

static const char *query_of(World *w, const Thing *t, const Made *over, Relation *relation)
{
    const Relation *of = over->data;
    const Made *aggregate = refer(w, t, "aggregate", GROUP_AGGREGATE);
    const Column *whole = column_for(w, t, "whole", of, TYPE_WHOLE);
    Query q = {.columns = str_new(w->ctx), .relation = relation};
    if (whole != NULL && chance(w, t, "aggregates", 15)) {
        static const Type string = {"text", {"1", "2", "3"}, TYPE_SORTS};
        add(w, &q, textf(w, "%s(a.%s::integer)::text", aggregate == NULL ? "sum" : aggregate->id, whole->id), "total", &string);
        return textf(w, "SELECT %s%s", q.columns.text, from_of(w, t, over));
    }
    if (chance(w, t, "recursive", 6))
        return "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r";
    add_plain(w, t, &q, of);
    add_computed(w, t, &q, over);
    return textf(w, "SELECT %s%s", q.columns.len > 0 ? q.columns.text : "1 AS one", from_of(w, t, over));
}

void make_view(World *w, const Thing *t)
{
    const Made *over = relation_for(w, t, "over");
    if (over == NULL)
        return;
    Relation *relation = mem_new(w->ctx, Relation);
    const char *query = query_of(w, t, over, relation);
    Made *m = make(w, t, GROUP_VIEW, true);
    m->data = relation;
    say(w, "CREATE VIEW %s%s AS %s", m->id, PICK(w, t, "options", "", "", "", "", " WITH (security_barrier)", " WITH (security_invoker = true)", " WITH (check_option = local)",
                                               " WITH (security_barrier = false, check_option = cascaded)"), query);
    const Column *c = column_for(w, t, "default", relation, 0);
    if (c != NULL && chance(w, t, "has default", 12) && c->type->values[0] != NULL)
        say(w, "ALTER VIEW %s ALTER COLUMN %s SET DEFAULT %s", m->id, c->id, quoted(w, c->type->values[0]));
    if (c != NULL && chance(w, t, "comments on column", 10))
        say(w, "COMMENT ON COLUMN %s.%s IS 'of a view'", m->id, c->id);
    if (c != NULL && chance(w, t, "grants column", 8))
        say(w, "GRANT SELECT (%s) ON %s TO madeup_reader", c->id, m->id);
    adorn(w, t, textf(w, "VIEW %s", m->id), textf(w, "TABLE %s", m->id), "SELECT", "INSERT, UPDATE");
}

void make_materialized(World *w, const Thing *t)
{
    const Made *over = relation_for(w, t, "over");
    if (over == NULL || over->group == GROUP_FOREIGN_TABLE)
        return;
    Relation *relation = mem_new(w->ctx, Relation);
    const char *query = query_of(w, t, over, relation);
    Made *m = make(w, t, GROUP_MATERIALIZED, true);
    m->data = relation;
    say(w, "CREATE MATERIALIZED VIEW %s%s AS %s%s", m->id, PICK(w, t, "options", "", "", "", " WITH (fillfactor = 70)"), query, chance(w, t, "empty", 20) ? " WITH NO DATA" : "");
    const Column *c = column_for(w, t, "column", relation, TYPE_TEXT);
    if (c != NULL && chance(w, t, "statistics", 15))
        say(w, "ALTER MATERIALIZED VIEW %s ALTER COLUMN %s SET STATISTICS 77", m->id, c->id);
    adorn(w, t, textf(w, "MATERIALIZED VIEW %s", m->id), textf(w, "TABLE %s", m->id), "SELECT", "SELECT");
}
