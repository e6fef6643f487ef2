/* madeup/types.c: schemas, collations, types, domains, sequences, casts. */
#include "world.h"

#include "sql/quote.h"

#include <string.h>

/* ---- what types there are ---- */

static const Type base_types[] = {
    {"integer", {"1", "2", "3"}, TYPE_SORTS | TYPE_HASHES | TYPE_WHOLE | TYPE_UNIQUE},
    {"bigint", {"1", "2", "3"}, TYPE_SORTS | TYPE_HASHES | TYPE_WHOLE | TYPE_UNIQUE},
    {"smallint", {"1", "2", "3"}, TYPE_SORTS | TYPE_HASHES | TYPE_WHOLE | TYPE_UNIQUE},
    {"numeric(10,2)", {"1", "2.50", "3"}, TYPE_SORTS | TYPE_HASHES | TYPE_UNIQUE},
    {"numeric", {"1", "2", "3"}, TYPE_SORTS | TYPE_HASHES | TYPE_UNIQUE},
    {"double precision", {"1", "2", "3"}, TYPE_SORTS | TYPE_HASHES | TYPE_UNIQUE},
    {"real", {"1", "2", "3"}, TYPE_SORTS | TYPE_UNIQUE},
    {"text", {"1", "2", "3"}, TYPE_SORTS | TYPE_HASHES | TYPE_COLLATES | TYPE_UNIQUE | TYPE_TEXT},
    {"character varying(20)", {"1", "2", "3"}, TYPE_SORTS | TYPE_COLLATES | TYPE_UNIQUE | TYPE_TEXT},
    {"character varying", {"1", "2", "3"}, TYPE_SORTS | TYPE_COLLATES | TYPE_UNIQUE | TYPE_TEXT},
    {"character(5)", {"1", "2", "3"}, TYPE_SORTS | TYPE_COLLATES | TYPE_UNIQUE},
    {"boolean", {"t", "f", "t"}, TYPE_SORTS},
    {"date", {"2024-01-01", "2024-02-01", "2024-03-01"}, TYPE_SORTS | TYPE_UNIQUE},
    {"timestamp with time zone", {"2024-01-01", "2024-02-01", "2024-03-01"}, TYPE_SORTS | TYPE_UNIQUE},
    {"timestamp(3) without time zone", {"2024-01-01", "2024-02-01", "2024-03-01"}, TYPE_SORTS | TYPE_UNIQUE},
    {"time(2) with time zone", {"10:00", "11:00", "12:00"}, TYPE_SORTS},
    {"interval", {"1 day", "2 days", "3 days"}, TYPE_SORTS | TYPE_UNIQUE},
    {"interval hour to second(2)", {"1:00", "2:00", "3:00"}, TYPE_SORTS},
    {"uuid", {"00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000003"},
     TYPE_SORTS | TYPE_HASHES | TYPE_UNIQUE},
    {"jsonb", {"{\"a\": 1}", "[1]", "2"}, TYPE_IN_GIN},
    {"json", {"{\"a\": 1}", "[1]", "2"}, 0},
    {"bytea", {"\\x01", "\\x02", "\\x03"}, TYPE_SORTS | TYPE_UNIQUE},
    {"inet", {"10.0.0.1", "10.0.0.2", "10.0.0.3"}, TYPE_SORTS | TYPE_UNIQUE},
    {"int4range", {"[1,2)", "[2,3)", "[3,4)"}, TYPE_SORTS | TYPE_IN_GIST | TYPE_RANGE | TYPE_UNIQUE},
    {"daterange", {"[2024-01-01,2024-01-02)", "[2024-01-02,2024-01-03)", "[2024-01-03,2024-01-04)"},
     TYPE_SORTS | TYPE_IN_GIST | TYPE_RANGE | TYPE_UNIQUE},
    {"int4multirange", {"{[1,2)}", "{[2,3)}", "{[3,4)}"}, TYPE_IN_GIST | TYPE_UNIQUE},
    {"text[]", {"{1}", "{2,x}", "{}"}, TYPE_SORTS | TYPE_IN_GIN | TYPE_UNIQUE | TYPE_ARRAY},
    {"integer[]", {"{1}", "{2}", "{3,4}"}, TYPE_SORTS | TYPE_IN_GIN | TYPE_UNIQUE | TYPE_ARRAY},
    {"character varying(10)[]", {"{1}", "{2}", "{}"}, TYPE_IN_GIN | TYPE_ARRAY},
    {"tsvector", {"a", "b", "c"}, TYPE_IN_GIN},
    {"point", {"(1,1)", "(2,2)", "(3,3)"}, TYPE_IN_GIST},
    {"bit(4)", {"0001", "0010", "0011"}, 0},
    {"bit varying(8)", {"1", "01", "11"}, 0},
    {"name", {"1", "2", "3"}, TYPE_SORTS},
    {"\"char\"", {"1", "2", "3"}, TYPE_SORTS},
};

enum { BASE_TYPES = sizeof base_types / sizeof base_types[0] };

static const Type *users_type(const World *w, const Thing *t, const char *slot, unsigned traits)
{
    World some = *w;
    some.made[GROUP_TYPE] = (MadeList){0};
    for (size_t i = 0; i < w->made[GROUP_TYPE].n; i++) {
        const Made *m = w->made[GROUP_TYPE].v[i];
        if ((((const Type *)m->data)->traits & traits) == traits && m->key != t->key)
            list_push(w->ctx, &some.made[GROUP_TYPE], m);
    }
    const Made *m = refer(&some, t, slot, GROUP_TYPE);
    return m == NULL ? NULL : m->data;
}

const Type *type_for(const World *w, const Thing *t, const char *slot, unsigned traits)
{
    const Type *fit[BASE_TYPES], *own = NULL;
    unsigned n = 0;
    if (chance(w, t, textf(w, "%s: own", slot), 35))
        own = users_type(w, t, slot, traits);
    if (own != NULL)
        return own;
    for (unsigned i = 0; i < BASE_TYPES; i++)
        if ((base_types[i].traits & traits) == traits)
            fit[n++] = &base_types[i];
    return fit[pick(w, t, slot, n)];
}

const Column *column_for(const World *w, const Thing *t, const char *slot, const Relation *relation, unsigned traits)
{
    uint64_t best = 0, salt = pick(w, t, slot, 1u << 30);
    const Column *chosen = NULL;
    for (size_t i = 0; i < relation->columns.n; i++) {
        const Column *c = &relation->columns.v[i];
        uint64_t weight = mix(salt, hash_text(c->id));
        if ((c->type->traits & traits) != traits || (chosen != NULL && weight <= best))
            continue;
        best = weight;
        chosen = c;
    }
    return chosen;
}

/* ---- schemas ---- */

/* The public schema is always there. */
void make_schemas(World *w)
{
    Thing public = {mix(w->seed, 5), 0};
    Made *m = mem_new(w->ctx, Made);
    *m = (Made){.group = GROUP_SCHEMA, .key = public.key, .name = "public", .id = "public"};
    list_push(w->ctx, &w->made[GROUP_SCHEMA], m);
    for (unsigned i = 0; i < 2; i++) {
        Thing t = thing(w, "schema", i);
        if (!chance(w, &t, "exists", 60))
            continue;
        const Made *schema = make(w, &t, GROUP_SCHEMA, false);
        say(w, "CREATE SCHEMA %s", schema->id);
        adorn(w, &t, textf(w, "SCHEMA %s", schema->id), textf(w, "SCHEMA %s", schema->id), "USAGE", "USAGE, CREATE");
    }
}

void make_extension(World *w, const Thing *t)
{
    const Made *schema = refer(w, t, "schema", GROUP_SCHEMA);
    const char *name = PICK(w, t, "name", "citext", "hstore", "btree_gist", "pg_trgm", "cube");
    say(w, "CREATE EXTENSION %s SCHEMA %s", name, schema->id);
    comment_on(w, t, textf(w, "EXTENSION %s", name));
}

void make_collation(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_COLLATION, true);
    static const char *const details[] = {"provider = icu, locale = 'de'", "provider = icu, locale = 'und-u-ks-level2', deterministic = false",
                                          "provider = libc, locale = 'C'", "provider = libc, lc_collate = 'C', lc_ctype = 'C.UTF-8'"};
    say(w, "CREATE COLLATION %s (%s)", m->id, pick_text(w, t, "details", details, 4));
    adorn(w, t, textf(w, "COLLATION %s", m->id), NULL, NULL, NULL);
}

/* ---- types ---- */

static Type *new_type(World *w, Made *m, unsigned traits)
{
    Type *type = mem_new(w->ctx, Type);
    type->sql = m->id;
    type->traits = traits | TYPE_USERS;
    m->data = type;
    return type;
}

/* A type of arrays of it, too. */
static void make_array(World *w, const Thing *t, const Made *of)
{
    if (!chance(w, t, "array", 30))
        return;
    Thing array = part(t, "array", 0);
    Made *m = mem_new(w->ctx, Made);
    *m = *of;
    m->key = array.key;
    Type *type = new_type(w, m, TYPE_SORTS);
    *type = (Type){.sql = textf(w, "%s[]", of->id), .values = {"{}", "{NULL}", "{NULL,NULL}"}, .traits = type->traits | TYPE_UNIQUE | TYPE_ARRAY};
    list_push(w->ctx, &w->made[GROUP_TYPE], m);
}

static void adorn_type(World *w, const Thing *t, const char *keyword, const Made *m)
{
    const char *call = textf(w, "%s %s", keyword, m->id);
    adorn(w, t, call, call, "USAGE", "USAGE");
    make_array(w, t, m);
}

/* Labels come in one order on both sides, but for some. */
void make_enum(World *w, const Thing *t)
{
    static const char *const pool[] = {"new", "open", "it's", "in work", "Done", "été", "", "1", "ARRAY[']", "\\"};
    enum { POOL = sizeof pool / sizeof pool[0] };
    Made *m = make(w, t, GROUP_TYPE, true);
    Type *type = new_type(w, m, TYPE_SORTS | TYPE_UNIQUE);
    Str labels = str_new(w->ctx);
    const char *chosen[POOL];
    unsigned n = 0;
    for (unsigned place = 0; place < 3; place++) {
        for (unsigned i = 0; i < POOL; i++) {
            Thing label = part(t, "label", i);
            if (pick(w, &label, "place", 40) < 2 ? place != 2 * pick(w, &label, "end", 2) : place != 1)
                continue;
            if (chance(w, &label, "exists", 50))
                chosen[n++] = pool[i];
        }
    }
    for (unsigned i = 0; i < n; i++)
        str_addf(&labels, "%s%s", i > 0 ? ", " : "", quoted(w, chosen[i]));
    for (unsigned i = 0; i < 3; i++)
        type->values[i] = n > 0 ? chosen[i % n] : NULL;
    if (n < 3)
        type->traits &= ~(unsigned)TYPE_UNIQUE;
    say(w, "CREATE TYPE %s AS ENUM (%s)", m->id, labels.text);
    adorn_type(w, t, "TYPE", m);
}

/* A value within a composite value. */
static void add_field(Str *out, const char *value)
{
    str_add_char(out, out->len == 0 ? '(' : ',');
    if (value == NULL)
        return;
    str_add_char(out, '"');
    for (; *value != '\0'; value++)
        str_addf(out, "%s%c", *value == '"' || *value == '\\' ? "\\" : "", *value);
    str_add_char(out, '"');
}

static const char *collate(const World *w, const Thing *t, const Type *type)
{
    if ((type->traits & TYPE_COLLATES) == 0 || !chance(w, t, "collates", 25))
        return "";
    const Made *own = refer(w, t, "collation", GROUP_COLLATION);
    return textf(w, " COLLATE %s", own != NULL && chance(w, t, "own collation", 70) ? own->id : "\"C\"");
}

void make_composite(World *w, const Thing *t)
{
    enum { MOST = 4 };
    Made *m = make(w, t, GROUP_TYPE, true);
    Type *type = new_type(w, m, TYPE_COMPOSITE);
    Str attributes = str_new(w->ctx), values[3];
    for (unsigned i = 0; i < 3; i++)
        values[i] = str_new(w->ctx);
    for (unsigned i = 0; i < MOST; i++) {
        Thing a = part(t, "attribute", i);
        if (!chance(w, &a, "exists", 60))
            continue;
        const Type *of = type_for(w, &a, "type", 0);
        if (of == type) /* it is not made of itself */
            continue;
        str_addf(&attributes, "%s%s %s%s", attributes.len > 0 ? ", " : "", sql_ident(w->ctx, textf(w, "%s%u", made_name(w, &a), i)), of->sql,
                 collate(w, &a, of));
        for (unsigned k = 0; k < 3; k++)
            add_field(&values[k], of->values[k]);
    }
    for (unsigned k = 0; k < 3; k++)
        type->values[k] = values[k].len > 0 ? textf(w, "%s)", values[k].text) : NULL;
    say(w, "CREATE TYPE %s AS (%s)", m->id, attributes.text);
    adorn_type(w, t, "TYPE", m);
}

void make_range(World *w, const Thing *t)
{
    static const struct {
        const char *subtype, *details, *values[3];
    } of[] = {
        {"double precision", ", subtype_diff = float8mi", {"[1,2)", "[2,3)", "[3,4)"}},
        {"text", ", subtype_opclass = text_pattern_ops", {"[a,b)", "[b,c)", "[c,d)"}},
        {"text", ", collation = \"C\"", {"[a,b)", "[b,c)", "[c,d)"}},
        {"inet", "", {"[10.0.0.1,10.0.0.2)", "[10.0.0.2,10.0.0.3)", "empty"}},
        {"numeric", "", {"[1,2)", "[2,3)", "[3,4)"}},
    };
    Made *m = make(w, t, GROUP_TYPE, true);
    Type *type = new_type(w, m, TYPE_RANGE | TYPE_IN_GIST | TYPE_SORTS | TYPE_UNIQUE);
    unsigned k = pick(w, t, "subtype", sizeof of / sizeof of[0]);
    memcpy(type->values, of[k].values, sizeof type->values);
    const char *name = chance(w, t, "names multirange", 50)
                           ? textf(w, ", multirange_type_name = %s%s", w->many_schemas ? textf(w, "%s.", sql_ident(w->ctx, m->schema)) : "",
                                   sql_ident(w->ctx, textf(w, "m %.40s", m->name)))
                           : "";
    say(w, "CREATE TYPE %s AS RANGE (subtype = %s%s%s)", m->id, of[k].subtype, of[k].details, name);
    adorn_type(w, t, "TYPE", m);
}

static void domain_constraints(World *w, const Thing *t, const Made *m)
{
    for (unsigned i = 0; i < 3; i++) {
        Thing c = part(t, "check", i);
        if (!chance(w, &c, "exists", 40))
            continue;
        const Made *checker = refer(w, &c, "checker", GROUP_CHECKER);
        const char *check = checker != NULL && chance(w, &c, "calls", 40)
                                ? textf(w, "%s(VALUE::text)", checker->id)
                                : PICK(w, &c, "check", "VALUE::text <> 'zz'", "VALUE IS NOT NULL OR true", "length(VALUE::text) < 100",
                                       "VALUE::text <> ALL (ARRAY['y', 'z'])", "NOT VALUE::text ~~ 'zz%value%'");
        const char *name = sql_ident(w->ctx, textf(w, "%.55s%u", made_name(w, &c), i));
        say(w, "ALTER DOMAIN %s ADD CONSTRAINT %s CHECK (%s)%s", m->id, name, check, chance(w, &c, "not valid", 20) ? " NOT VALID" : "");
        comment_on(w, &c, textf(w, "CONSTRAINT %s ON DOMAIN %s", name, m->id));
    }
}

void make_domain(World *w, const Thing *t)
{
    const Type *base = type_for(w, t, "base", 0);
    Made *m = make(w, t, GROUP_TYPE, true);
    Type *type = new_type(w, m, base->traits & ~(unsigned)(TYPE_WHOLE | TYPE_HASHES | TYPE_COMPOSITE | TYPE_TEXT));
    memcpy(type->values, base->values, sizeof type->values);
    const char *value = base->values[0] != NULL && chance(w, t, "default", 35)
                            ? textf(w, " DEFAULT %s", quoted(w, pick_text(w, t, "value", base->values, 3)))
                            : "";
    say(w, "CREATE DOMAIN %s AS %s%s%s%s", m->id, base->sql, collate(w, t, base), value,
        chance(w, t, "not null", 15) ? PICK(w, t, "how not null", " NOT NULL", " NOT NULL", " CONSTRAINT \"named nn\" NOT NULL") : "");
    domain_constraints(w, t, m);
    adorn_type(w, t, "DOMAIN", m);
}

/* ---- sequences ---- */

void make_sequence(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_SEQUENCE, true);
    Str out = str_new(w->ctx);
    static const char *const options[] = {" INCREMENT BY 5", " INCREMENT BY -1", " MINVALUE 10", " MAXVALUE 1000 START WITH 20", " CACHE 7", " CYCLE"};
    if (chance(w, t, "typed", 40))
        str_addf(&out, " AS %s", PICK(w, t, "type", "integer", "smallint", "bigint"));
    for (unsigned i = 0; i < 6; i++)
        if (chance(w, t, options[i], 18))
            str_add(&out, options[i]);
    say(w, "CREATE %sSEQUENCE %s%s", chance(w, t, "unlogged", 10) ? "UNLOGGED " : "", m->id, out.text);
    adorn(w, t, textf(w, "SEQUENCE %s", m->id), textf(w, "SEQUENCE %s", m->id), "USAGE", "SELECT, UPDATE");
}

/* ---- casts ---- */

void make_cast(World *w, const Thing *t)
{
    const Type *from = users_type(w, t, "from", TYPE_COMPOSITE), *to = users_type(w, t, "to", 0);
    if (from == NULL || to == NULL)
        return;
    const char *target = chance(w, t, "to text", 50) ? "text" : to->sql, *how = " WITH INOUT";
    if (chance(w, t, "by function", 40)) {
        const char *function = textf(w, "%s.madeup_cast_%llu", "public", (unsigned long long)(t->key % 1000));
        say(w, "CREATE FUNCTION %s(%s) RETURNS %s LANGUAGE sql IMMUTABLE AS 'SELECT NULL::%s'", function, from->sql, target, "text");
        how = textf(w, " WITH FUNCTION %s(%s)", function, from->sql);
    }
    say(w, "CREATE CAST (%s AS %s)%s%s", from->sql, target, how, PICK(w, t, "context", "", " AS ASSIGNMENT", " AS IMPLICIT"));
    comment_on(w, t, textf(w, "CAST (%s AS %s)", from->sql, target));
}
