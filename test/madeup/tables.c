/* madeup/tables.c: tables of every sort, with their columns, constraints and rows. */
#include "world.h"

#include "sql/quote.h"

#include <string.h>

/* ---- columns ---- */

static const char *default_of(const World *w, const Thing *c, const Type *type)
{
    const Made *maker = refer(w, c, "maker", GROUP_MAKER), *sequence = refer(w, c, "sequence", GROUP_SEQUENCE);
    unsigned how = pick(w, c, "default", 10);
    if (how < 4 || (type->traits & TYPE_COMPOSITE) != 0)
        return NULL;
    if (how == 4)
        return textf(w, "NULL::%s", type->sql);
    if ((type->traits & TYPE_TEXT) != 0 && how < 8)
        return maker != NULL && how < 7 ? textf(w, "%s()", maker->id) : PICK(w, c, "text", "'a' || 'b'", "'it''s'::text", "upper('x')", "current_user", "E'\\n'");
    if ((type->traits & TYPE_WHOLE) != 0 && how < 8)
        return sequence != NULL && how < 7 ? textf(w, "nextval(%s)", quoted(w, sequence->id))
                                           : PICK(w, c, "number", "1 + 2", "-5", "array_length('{1,2}'::text[], 1)", "CASE WHEN true THEN 1 ELSE NULL END");
    if (strcmp(type->sql, "date") == 0)
        return PICK(w, c, "date", "CURRENT_DATE", "now()", "'2020-02-29'");
    return type->values[0] == NULL ? NULL : quoted(w, pick_text(w, c, "value", type->values, 3));
}

/* An expression that may be stored; columns before it are known. */
static const char *generated_of(const World *w, const Thing *c, const Relation *relation, const char **type)
{
    const Column *number = column_for(w, c, "of number", relation, TYPE_WHOLE), *text = column_for(w, c, "of text", relation, TYPE_TEXT);
    if (text != NULL && (number == NULL || chance(w, c, "of a text", 50))) {
        *type = "text";
        return fill(w, PICK(w, c, "text expression", "upper(@)", "(@ || 'x')", "left(@, 3)"), text->id);
    }
    *type = "bigint";
    return number == NULL ? NULL : fill(w, PICK(w, c, "number expression", "@ * 2", "@ + 1", "abs(@)"), number->id);
}

/* Servers before 18 know no such constraint. */
static const char *own_not_null(const World *w, const Thing *c, const Made *table, const char *id)
{
    Thing name = part(c, "own not null name", 0);
    const char *named = textf(w, "CONSTRAINT %s ", sql_ident(w->ctx, textf(w, "%.50s_own", made_name(w, &name))));
    return textf(w, "ALTER TABLE %s ADD %sNOT NULL %s%s", table->id, chance(w, c, "names own not null", 50) ? named : "", id,
                 chance(w, c, "not null is not handed down", 40) ? " NO INHERIT" : "");
}

static void add_settings(World *w, const Thing *c, const Made *table, TableText *text, const char *id, const Type *type)
{
    const char *alter = textf(w, "ALTER TABLE %s ALTER COLUMN %s", table->id, id);
    if ((type->traits & TYPE_COLLATES) != 0 && chance(w, c, "storage", 15))
        list_push(w->ctx, &text->after, textf(w, "%s SET STORAGE %s", alter, PICK(w, c, "which storage", "EXTERNAL", "MAIN", "PLAIN")));
    if ((type->traits & TYPE_COLLATES) != 0 && chance(w, c, "compression", 10))
        list_push(w->ctx, &text->after, textf(w, "%s SET COMPRESSION pglz", alter));
    if (chance(w, c, "statistics", 10))
        list_push(w->ctx, &text->after, textf(w, "%s SET STATISTICS %s", alter, PICK(w, c, "target", "0", "100", "500")));
    if (chance(w, c, "options", 8))
        list_push(w->ctx, &text->after, textf(w, "%s SET (%s)", alter, PICK(w, c, "which options", "n_distinct = 5", "n_distinct_inherited = -0.5, n_distinct = 3")));
    if (chance(w, c, "comment", 10))
        list_push(w->ctx, &text->after, textf(w, "COMMENT ON COLUMN %s.%s IS %s", table->id, id, quoted(w, PICK(w, c, "comment text", "a column", "it's one"))));
    if (chance(w, c, "not null later", 8))
        list_push(w->ctx, &text->after, own_not_null(w, c, table, id));
    if (chance(w, c, "granted", 8))
        list_push(w->ctx, &text->after, textf(w, "GRANT %s (%s) ON %s TO madeup_reader", PICK(w, c, "privilege", "SELECT", "UPDATE", "REFERENCES"), id, table->id));
}

static const char *not_null(const World *w, const Thing *c)
{
    Thing name = part(c, "not null name", 0);
    if (!chance(w, c, "not null", 30))
        return "";
    /* no check's name: a child's check stands in the way of its parent's NOT NULL */
    return chance(w, c, "not null named", 20) ? textf(w, " CONSTRAINT %s NOT NULL", sql_ident(w->ctx, textf(w, "%.50s_nn", made_name(w, &name)))) : " NOT NULL";
}

static const char *collation_of(const World *w, const Thing *c, const Type *type)
{
    const Made *own = refer(w, c, "collation", GROUP_COLLATION);
    if ((type->traits & TYPE_COLLATES) == 0 || !chance(w, c, "collates", 20))
        return "";
    return textf(w, " COLLATE %s", own != NULL && chance(w, c, "own collation", 70) ? own->id : "\"C\"");
}

static bool is_taken(const Relation *relation, const char *id)
{
    for (size_t i = 0; i < relation->columns.n; i++)
        if (strcmp(relation->columns.v[i].id, id) == 0)
            return true;
    return false;
}

static void add_element(TableText *text, const char *element)
{
    str_addf(&text->elements, "%s%s", text->elements.len > 0 ? ", " : "", element);
}

static void add_column(World *w, const Thing *c, const Made *table, TableText *text)
{
    const char *id = sql_ident(w->ctx, made_name(w, c)), *type_text, *expression;
    if (is_taken(text->relation, id))
        return;
    if (chance(w, c, "generated", 8) && (expression = generated_of(w, c, text->relation, &type_text)) != NULL) {
        static const Type number = {"bigint", {"1", "2", "3"}, TYPE_SORTS | TYPE_WHOLE}, string = {"text", {"1", "2", "3"}, TYPE_SORTS};
        add_element(text, textf(w, "%s %s GENERATED ALWAYS AS (%s) %s", id, type_text, expression, chance(w, c, "virtual", 12) ? "VIRTUAL" : "STORED"));
        list_push(w->ctx, &text->relation->columns, (Column){id, strcmp(type_text, "text") == 0 ? &string : &number, false});
        return;
    }
    const Type *type = type_for(w, c, "type", 0);
    const char *value = default_of(w, c, type), *word = "";
    if ((type->traits & (TYPE_WHOLE | TYPE_USERS)) == TYPE_WHOLE && chance(w, c, "identity", 15)) {
        value = NULL;
        word = PICK(w, c, "which identity", " GENERATED ALWAYS AS IDENTITY", " GENERATED BY DEFAULT AS IDENTITY",
                    " GENERATED ALWAYS AS IDENTITY (START WITH 7 INCREMENT BY 2)", " GENERATED BY DEFAULT AS IDENTITY (MINVALUE -5 CYCLE)");
    }
    bool serial = value != NULL && *word == '\0' && strcmp(type->sql, "integer") == 0 && chance(w, c, "serial", 30);
    add_element(text, textf(w, "%s %s%s%s%s%s%s", id, serial ? "serial" : type->sql, collation_of(w, c, type), value && !serial ? " DEFAULT " : "",
                            value && !serial ? value : "", word, not_null(w, c)));
    add_settings(w, c, table, text, id, type);
    list_push(w->ctx, &text->relation->columns, (Column){id, type, true});
}

/* Columns stand in another order now and then. */
void add_columns(World *w, const Thing *t, const Made *table, TableText *text, unsigned most)
{
    unsigned first = chance(w, t, "order", 15) ? pick(w, t, "first", most) : 0;
    for (unsigned k = 0; k < most; k++) {
        Thing c = part(t, "column", (k + first) % most);
        if (chance(w, &c, "exists", 70))
            add_column(w, &c, table, text);
    }
}

/* ---- constraints ---- */

char *check_expression(const World *w, const Thing *t, const Relation *r)
{
    const Column *c = column_for(w, t, "column", r, 0), *number = column_for(w, t, "number", r, TYPE_WHOLE);
    const Made *checker = refer(w, t, "checker", GROUP_CHECKER), *operator= refer(w, t, "operator", GROUP_OPERATOR);
    if (c == NULL)
        return textf(w, "1 = 1");
    switch (pick(w, t, "form", 9)) {
    case 0: return textf(w, "%s IS NOT NULL OR %s::text IS NULL", c->id, c->id);
    case 1: return textf(w, "%s::text <> 'zz'", c->id);
    case 2: return textf(w, "length(%s::text) < 1000 AND %s::text NOT LIKE 'zz%%'", c->id, c->id);
    case 3:
        if (c->type->values[0] != NULL && (c->type->traits & (TYPE_SORTS | TYPE_COMPOSITE | TYPE_ARRAY)) == TYPE_SORTS)
            return textf(w, "%s IN (%s, %s, %s)", c->id, quoted(w, c->type->values[0]), quoted(w, c->type->values[1]), quoted(w, c->type->values[2]));
        break;
    case 4:
        if (checker != NULL)
            return textf(w, "%s(%s::text)", checker->id, c->id);
        break;
    case 5:
        if (number != NULL)
            return textf(w, "%s > -%s AND %s < 100000", number->id, PICK(w, t, "least", "1", "5", "100"), number->id);
        break;
    case 6:
        if (number != NULL && operator!= NULL)
            return textf(w, "%s %s 3 OR true", number->id, operator->id);
        break;
    case 7: return textf(w, "%s::text <> ALL (ARRAY['y'::character varying, 'z'::character varying]::text[])", c->id);
    default: break;
    }
    return textf(w, "CASE WHEN %s IS NULL THEN true ELSE %s IS NOT NULL END", c->id, c->id);
}

static const char *constraint_name(const World *w, const Thing *t)
{
    return chance(w, t, "named", 60) ? textf(w, "CONSTRAINT %s ", sql_ident(w->ctx, made_name(w, t))) : "";
}

static const char *deferrable(const World *w, const Thing *t)
{
    return PICK(w, t, "deferrable", "", "", "", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED");
}

static void add_key(World *w, const Thing *t, TableText *text, bool primary)
{
    const Relation *r = text->relation;
    const Column *c = column_for(w, t, "column", r, TYPE_SORTS | TYPE_UNIQUE), *more = column_for(w, t, "more", r, TYPE_SORTS);
    if (c == NULL)
        return;
    bool two = more != NULL && more != c && chance(w, t, "two", 25), defers = *deferrable(w, t) != '\0';
    const Column *included = column_for(w, t, "included", r, 0);
    Str out = str_new(w->ctx);
    str_addf(&out, "%s%s ", constraint_name(w, t), primary ? "PRIMARY KEY" : "UNIQUE");
    if (!primary && chance(w, t, "not distinct", 12))
        str_add(&out, "NULLS NOT DISTINCT ");
    str_addf(&out, "(%s%s%s)", c->id, two ? ", " : "", two ? more->id : "");
    if (included != c && included != more && chance(w, t, "includes", 15))
        str_addf(&out, " INCLUDE (%s)", included->id);
    if (chance(w, t, "options", 10))
        str_add(&out, " WITH (fillfactor = 70)");
    str_addf(&out, "%s", deferrable(w, t));
    add_element(text, out.text);
    if (!two && !defers && (c->type->traits & TYPE_HASHES) != 0)
        text->relation->key = c;
}

static void add_check(World *w, const Thing *t, const Made *table, TableText *text)
{
    const char *check = textf(w, "%sCHECK (%s)%s", constraint_name(w, t), check_expression(w, t, text->relation), chance(w, t, "no inherit", 10) ? " NO INHERIT" : "");
    switch (pick(w, t, "validity", 10)) {
    case 0: list_push(w->ctx, &text->after, textf(w, "ALTER TABLE %s ADD %s NOT VALID", table->id, check)); break;
    case 1: list_push(w->ctx, &text->after, textf(w, "ALTER TABLE %s ADD %s NOT ENFORCED", table->id, check)); break;
    default: add_element(text, check); break;
    }
}

static void add_exclusion(World *w, const Thing *t, TableText *text)
{
    const Column *range = column_for(w, t, "range", text->relation, TYPE_RANGE), *key = column_for(w, t, "key", text->relation, TYPE_SORTS | TYPE_UNIQUE);
    if (range != NULL)
        add_element(text, textf(w, "%sEXCLUDE USING gist (%s WITH &&)%s%s", constraint_name(w, t), range->id, chance(w, t, "partial", 30) ? textf(w, " WHERE (%s IS NOT NULL)", range->id) : "",
                                deferrable(w, t)));
    else if (key != NULL)
        add_element(text, textf(w, "%sEXCLUDE USING btree (%s WITH =)%s", constraint_name(w, t), key->id, deferrable(w, t)));
}

void add_constraints(World *w, const Thing *t, const Made *table, TableText *text)
{
    Thing primary = part(t, "primary key", 0), unique = part(t, "unique", 0), exclusion = part(t, "exclusion", 0);
    if (chance(w, &unique, "exists", 30))
        add_key(w, &unique, text, false);
    if (chance(w, &primary, "exists", 60))
        add_key(w, &primary, text, true);
    if (chance(w, &exclusion, "exists", 8))
        add_exclusion(w, &exclusion, text);
    for (unsigned i = 0; i < 3; i++) {
        Thing check = part(t, "check", i);
        if (chance(w, &check, "exists", 25))
            add_check(w, &check, table, text);
    }
}

/* ---- rows ---- */

void make_rows(World *w, const Thing *t, const Made *table, const Relation *r)
{
    if (!chance(w, t, "rows", 60))
        return;
    for (unsigned row = 0; row < 3; row++) {
        Str names = str_new(w->ctx), values = str_new(w->ctx);
        for (size_t i = 0; i < r->columns.n; i++) {
            const Column *c = &r->columns.v[i];
            if (!c->takes_values || c->type->values[row] == NULL)
                continue;
            str_addf(&names, "%s%s", names.len > 0 ? ", " : "", c->id);
            str_addf(&values, "%s%s", values.len > 0 ? ", " : "", quoted(w, c->type->values[row]));
        }
        if (names.len > 0)
            say_row(w, "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)", table->id, names.text, values.text);
        else
            say_row(w, "INSERT INTO %s DEFAULT VALUES", table->id);
    }
}

/* ---- tables ---- */

static const char *storage_options(const World *w, const Thing *t)
{
    return PICK(w, t, "options", "", "", "", "", "", " WITH (fillfactor = 50)", " WITH (autovacuum_enabled = false, fillfactor = 80)", " WITH (toast.autovacuum_enabled = false)");
}

static TableText begin_text(const World *w)
{
    return (TableText){.elements = str_new(w->ctx), .relation = mem_new(w->ctx, Relation)};
}

static void finish_table(World *w, const Thing *t, const Made *m, const TableText *text)
{
    for (size_t i = 0; i < text->after.n; i++)
        say(w, "%s", text->after.v[i]);
    adorn(w, t, textf(w, "TABLE %s", m->id), textf(w, "TABLE %s", m->id), "SELECT", "INSERT, UPDATE");
}

static const char *persistence(const World *w, const Thing *t)
{
    return chance(w, t, "unlogged", 8) ? "UNLOGGED " : "";
}

void make_table(World *w, const Thing *t)
{
    Made *m = make(w, t, GROUP_TABLE, true);
    TableText text = begin_text(w);
    m->data = text.relation;
    add_columns(w, t, m, &text, 6);
    add_constraints(w, t, m, &text);
    say(w, "CREATE %sTABLE %s (%s)%s", persistence(w, t), m->id, text.elements.text, storage_options(w, t));
    finish_table(w, t, m, &text);
    make_rows(w, t, m, text.relation);
}

/* A child may say columns of its parent again; one that is to become a child later has them all by itself. */
void make_child(World *w, const Thing *t)
{
    const Made *parent = refer(w, t, "parent", GROUP_TABLE), *second = refer(w, t, "second parent", GROUP_TABLE);
    if (parent == NULL)
        return;
    TableText text = begin_text(w);
    Made *m = make(w, t, GROUP_TABLE, true);
    m->data = text.relation;
    const Relation *above = parent->data;
    for (size_t i = 0; i < above->columns.n; i++)
        list_push(w->ctx, &text.relation->columns, above->columns.v[i]);
    bool late = chance(w, t, "late", 15);
    if (late)
        add_element(&text, textf(w, "LIKE %s INCLUDING GENERATED INCLUDING CONSTRAINTS", parent->id));
    add_columns(w, t, m, &text, 3);
    add_constraints(w, t, m, &text);
    const Column *again = column_for(w, t, "again", above, 0);
    if (again != NULL && !late && chance(w, t, "says again", 30))
        add_element(&text, textf(w, "%s %s%s", again->id, again->type->sql, again->type->values[0] ? textf(w, " DEFAULT %s", quoted(w, again->type->values[0])) : ""));
    const Column *filled = column_for(w, t, "not null of its own", above, 0);
    if (filled != NULL && chance(w, t, "has not null of its own", 25))
        list_push(w->ctx, &text.after, own_not_null(w, t, m, filled->id));
    bool two = second != parent && chance(w, t, "two parents", 20);
    say(w, "CREATE %sTABLE %s (%s)%s%s%s%s%s", persistence(w, t), m->id, text.elements.text, late ? "" : " INHERITS (", late ? "" : parent->id,
        two && !late ? ", " : "", two && !late ? second->id : "", late ? "" : ")");
    if (late && chance(w, t, "inherits", 70))
        say(w, "ALTER TABLE %s INHERIT %s", m->id, parent->id);
    finish_table(w, t, m, &text);
    make_rows(w, t, m, text.relation);
}

void make_typed(World *w, const Thing *t)
{
    World composites = *w;
    composites.made[GROUP_TYPE] = (MadeList){0};
    for (size_t i = 0; i < w->made[GROUP_TYPE].n; i++)
        if ((((const Type *)w->made[GROUP_TYPE].v[i]->data)->traits & TYPE_COMPOSITE) != 0)
            list_push(w->ctx, &composites.made[GROUP_TYPE], w->made[GROUP_TYPE].v[i]);
    const Made *of = refer(&composites, t, "of", GROUP_TYPE);
    if (of == NULL)
        return;
    Made *m = make(w, t, GROUP_TABLE, true);
    m->data = mem_new(w->ctx, Relation);
    say(w, "CREATE TABLE %s OF %s", m->id, of->id);
    adorn(w, t, textf(w, "TABLE %s", m->id), textf(w, "TABLE %s", m->id), "SELECT", "INSERT, UPDATE");
}

void make_foreign_table(World *w, const Thing *t)
{
    const Made *server = refer(w, t, "server", GROUP_SERVER);
    if (server == NULL)
        return;
    TableText text = begin_text(w);
    Made *m = make(w, t, GROUP_FOREIGN_TABLE, true);
    m->data = text.relation;
    for (unsigned k = 0; k < 4; k++) {
        Thing c = part(t, "column", k);
        const char *id = sql_ident(w->ctx, made_name(w, &c));
        if (!chance(w, &c, "exists", 60) || is_taken(text.relation, id))
            continue;
        const Type *type = type_for(w, &c, "type", 0);
        add_element(&text, textf(w, "%s %s%s%s", id, type->sql, PICK(w, &c, "options", "", "", " OPTIONS (\"A b\" 'it''s', x '1')", " OPTIONS (x '2')"), not_null(w, &c)));
        list_push(w->ctx, &text.relation->columns, (Column){id, type, false});
    }
    if (chance(w, t, "checks", 30))
        add_element(&text, textf(w, "CHECK (%s)", check_expression(w, t, text.relation)));
    say(w, "CREATE FOREIGN TABLE %s (%s) SERVER %s%s", m->id, text.elements.text, server->id, PICK(w, t, "options", "", " OPTIONS (a 'b')", " OPTIONS (a 'c', \"D\" 'e')"));
    adorn(w, t, textf(w, "FOREIGN TABLE %s", m->id), textf(w, "TABLE %s", m->id), "SELECT", "INSERT");
}

/* ---- partitions ---- */

typedef struct Parting {
    const char *strategy; /* LIST, RANGE, HASH */
    const Column *by;
    const char *key;
    bool is_plain; /* the key is a column, so that unique keys may hold it */
} Parting;

static Parting make_parting(const World *w, const Thing *t, const Relation *r)
{
    Parting p = {.strategy = PICK(w, t, "strategy", "LIST", "RANGE", "HASH")};
    p.by = column_for(w, t, "by", r, TYPE_WHOLE);
    if (p.by == NULL)
        return p;
    p.is_plain = !chance(w, t, "expression", 20);
    p.key = p.is_plain ? p.by->id : textf(w, "abs(%s)", p.by->id);
    return p;
}

static const char *bound(const World *w, const Thing *part, const Parting *p, unsigned n)
{
    unsigned k = n * 10 + pick(w, part, "shift", 12) / 10;
    if (strcmp(p->strategy, "HASH") == 0)
        return textf(w, "FOR VALUES WITH (MODULUS 4, REMAINDER %u)", n);
    if (n == 3 && chance(w, part, "default", 60))
        return "DEFAULT";
    if (strcmp(p->strategy, "LIST") == 0)
        return n == 0 ? "FOR VALUES IN (1, 2, 3)" : textf(w, "FOR VALUES IN (%u, %u)", k, k + 5);
    return n == 0 ? textf(w, "FOR VALUES FROM (%s) TO (10)", PICK(w, part, "from", "MINVALUE", "0", "0")) : textf(w, "FOR VALUES FROM (%u) TO (%u)", k, n * 10 + 10);
}

static void make_partition(World *w, const Thing *t, const Made *whole, const Parting *p, unsigned n, unsigned depth);

static void make_partitions(World *w, const Thing *t, const Made *whole, const Parting *p, unsigned depth)
{
    for (unsigned n = 0; n < 4; n++) {
        Thing piece = part(t, "partition", n);
        if (chance(w, &piece, "exists", 55))
            make_partition(w, &piece, whole, p, n, depth);
    }
}

static void make_partition(World *w, const Thing *t, const Made *whole, const Parting *p, unsigned n, unsigned depth)
{
    const Relation *above = whole->data;
    Relation *r = mem_new(w->ctx, Relation);
    bool parts_again = depth < 2 && chance(w, t, "parts again", 15), attached = chance(w, t, "attached", 90);
    Made *m = make(w, t, parts_again ? GROUP_PARTITIONED : GROUP_TABLE, true);
    Parting again = parts_again ? make_parting(w, t, above) : (Parting){0};
    const char *by = again.by != NULL ? textf(w, " PARTITION BY %s (%s)", again.strategy, again.key) : "";
    *r = *above;
    r->key = NULL;
    r->is_partition = true;
    m->data = r;
    if (attached && chance(w, t, "at once", 60)) {
        const Column *c = column_for(w, t, "overrides", above, TYPE_WHOLE);
        const char *overrides = c != NULL && c->takes_values && chance(w, t, "overriding", 20) ? textf(w, " (%s DEFAULT 7, CHECK (%s))", c->id, check_expression(w, t, above)) : "";
        say(w, "CREATE TABLE %s PARTITION OF %s%s %s%s", m->id, whole->id, overrides, bound(w, t, p, n), by);
    } else {
        say(w, "CREATE TABLE %s (LIKE %s%s)%s", m->id, whole->id, PICK(w, t, "like", " INCLUDING ALL", " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED", ""), by);
        if (attached)
            say(w, "ALTER TABLE %s ATTACH PARTITION %s %s", whole->id, m->id, bound(w, t, p, n));
    }
    adorn(w, t, textf(w, "TABLE %s", m->id), textf(w, "TABLE %s", m->id), "SELECT", "INSERT, UPDATE");
    if (again.by != NULL)
        make_partitions(w, t, m, &again, depth + 1);
}

void make_partitioned(World *w, const Thing *t)
{
    TableText text = begin_text(w);
    Made *m = make(w, t, GROUP_PARTITIONED, true);
    m->data = text.relation;
    add_columns(w, t, m, &text, 5);
    Parting p = make_parting(w, t, text.relation);
    if (p.by == NULL) {
        w->made[GROUP_PARTITIONED].n--;
        return;
    }
    if (p.is_plain && chance(w, t, "key", 40)) {
        add_element(&text, textf(w, "%s%s (%s)", constraint_name(w, t), PICK(w, t, "which key", "PRIMARY KEY", "UNIQUE"), p.by->id));
        text.relation->key = p.by;
    }
    Thing check = part(t, "check", 0);
    if (chance(w, &check, "exists", 30))
        add_check(w, &check, m, &text);
    say(w, "CREATE TABLE %s (%s) PARTITION BY %s (%s)", m->id, text.elements.text, p.strategy, p.key);
    finish_table(w, t, m, &text);
    make_partitions(w, t, m, &p, 0);
    make_rows(w, t, m, text.relation);
}

/* ---- keys over time (18) ---- */

void make_temporal(World *w, const Thing *t)
{
    Thing referrer = part(t, "referrer", 0), key = part(t, "key", 0);
    const Type *what = type_for(w, t, "what", TYPE_RANGE), *when = type_for(w, t, "when", TYPE_RANGE);
    Made *m = make(w, t, GROUP_TABLE, true);
    Relation *r = mem_new(w->ctx, Relation);
    m->data = r;
    list_push(w->ctx, &r->columns, ((Column){"what", what, true}));
    list_push(w->ctx, &r->columns, ((Column){"\"when\"", when, true}));
    say(w, "CREATE TABLE %s (what %s, \"when\" %s, %s%s (what, \"when\" WITHOUT OVERLAPS)%s)", m->id, what->sql, when->sql, constraint_name(w, &key),
        PICK(w, &key, "which", "PRIMARY KEY", "UNIQUE"), PICK(w, &key, "deferrable", "", "", " DEFERRABLE"));
    make_rows(w, t, m, r);
    if (!chance(w, &referrer, "exists", 60))
        return;
    Made *from = make(w, &referrer, GROUP_TABLE, true);
    from->data = r;
    say(w, "CREATE TABLE %s (what %s, \"when\" %s, %sFOREIGN KEY (what, PERIOD \"when\") REFERENCES %s (what, PERIOD \"when\")%s)", from->id, what->sql, when->sql,
        constraint_name(w, &referrer), m->id, PICK(w, &referrer, "deferrable", "", "", " DEFERRABLE INITIALLY DEFERRED"));
}

/* ---- what is between tables ---- */

/* Any two tables, so that keys may go in circles. */
void make_foreign_key(World *w, const Thing *t)
{
    const Made *from = REFER(w, t, "from", GROUP_TABLE, GROUP_PARTITIONED), *to = REFER(w, t, "to", GROUP_TABLE, GROUP_PARTITIONED);
    if (from == NULL || ((const Relation *)to->data)->key == NULL)
        return;
    const Relation *r = from->data, *there = to->data;
    const Column *c = NULL;
    for (size_t i = 0; i < r->columns.n; i++)
        if (r->columns.v[i].type == there->key->type && (c == NULL || chance(w, t, "another", 50)))
            c = &r->columns.v[i];
    if (c == NULL) {
        Thing own = part(t, "own column", 0);
        const char *id = sql_ident(w->ctx, made_name(w, &own));
        say(w, "ALTER TABLE %s ADD COLUMN %s %s", from->id, id, there->key->type->sql);
        c = mem_new(w->ctx, Column);
        *(Column *)c = (Column){id, there->key->type, true};
    }
    const char *actions = PICK(w, t, "actions", "", "", " ON DELETE CASCADE", " ON UPDATE CASCADE ON DELETE RESTRICT", " ON DELETE SET NULL", " MATCH FULL ON UPDATE SET DEFAULT",
                               " ON DELETE SET NULL (@)");
    say(w, "ALTER TABLE %s ADD %sFOREIGN KEY (%s) REFERENCES %s (%s)%s%s%s", from->id, constraint_name(w, t), c->id, to->id, there->key->id,
        fill(w, actions, c->id), deferrable(w, t), PICK(w, t, "validity", "", "", "", "", " NOT VALID", " NOT ENFORCED"));
}

/* A default that calls what looks into tables. */
void make_late_default(World *w, const Thing *t)
{
    const Made *table = REFER(w, t, "table", GROUP_TABLE, GROUP_PARTITIONED), *reader = refer(w, t, "reader", GROUP_READER);
    const Column *c = table == NULL ? NULL : column_for(w, t, "column", table->data, TYPE_WHOLE);
    if (c == NULL || reader == NULL)
        return;
    if (chance(w, t, "checks", 25))
        say(w, "ALTER TABLE %s ADD CHECK (%s <> %s() OR true)", table->id, c->id, reader->id);
    else
        say(w, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s() + 1", table->id, c->id, reader->id);
}

void make_owned(World *w, const Thing *t)
{
    const Made *sequence = refer(w, t, "sequence", GROUP_SEQUENCE), *table = refer(w, t, "table", GROUP_TABLE);
    const Column *c = table == NULL ? NULL : column_for(w, t, "column", table->data, 0);
    if (c != NULL && sequence != NULL)
        say(w, "ALTER SEQUENCE %s OWNED BY %s.%s", sequence->id, table->id, c->id);
}
