/* madeup/routines.c: functions, procedures, aggregates, operators, operator classes. */
#include "world.h"

#include "sql/quote.h"

static void adorn_routine(World *w, const Thing *t, const char *keyword, const char *signature)
{
    const char *call = textf(w, "%s %s", keyword, signature);
    adorn(w, t, call, call, "EXECUTE", "EXECUTE");
}

/* What any function may be beside its body. */
static const char *traits(const World *w, const Thing *t, bool is_procedure)
{
    Str out = str_new(w->ctx);
    if (chance(w, t, "definer", 15))
        str_add(&out, " SECURITY DEFINER");
    if (chance(w, t, "sets", 20))
        str_addf(&out, " SET %s", PICK(w, t, "set", "search_path = ''", "work_mem = '8MB'", "search_path = pg_catalog, \"$user\"", "DateStyle = 'ISO, DMY'",
                                       "application.name = 'a''b'"));
    if (is_procedure)
        return out.text;
    if (chance(w, t, "volatility", 50))
        str_addf(&out, " %s", PICK(w, t, "which volatility", "IMMUTABLE", "STABLE"));
    if (chance(w, t, "strict", 20))
        str_add(&out, " STRICT");
    if (chance(w, t, "leakproof", 10))
        str_add(&out, " LEAKPROOF");
    if (chance(w, t, "parallel", 20))
        str_addf(&out, " PARALLEL %s", PICK(w, t, "how parallel", "SAFE", "RESTRICTED"));
    if (chance(w, t, "cost", 15))
        str_addf(&out, " COST %s", PICK(w, t, "which cost", "7", "1.5", "100"));
    return out.text;
}

/* ---- those that others call ---- */

void make_checker(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_CHECKER, true);
    const char *body = PICK(w, t, "body", "SELECT $1 <> 'zz'", "SELECT length($1) < 100", "SELECT $1 IS DISTINCT FROM 'zz;'");
    bool atomic = chance(w, t, "atomic", 30);
    say(w, "CREATE FUNCTION %s(%s text) RETURNS boolean LANGUAGE sql IMMUTABLE%s%s %s%s%s", m->id, PICK(w, t, "argument", "", "a", "\"A b\""),
        chance(w, t, "strict", 20) ? " STRICT" : "", chance(w, t, "parallel", 30) ? " PARALLEL SAFE" : "", atomic ? "BEGIN ATOMIC " : "AS ",
        atomic ? body : quoted(w, body), atomic ? "; END" : "");
    adorn_routine(w, t, "FUNCTION", textf(w, "%s(text)", m->id));
}

void make_maker(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_MAKER, true);
    const char *body = PICK(w, t, "body", "SELECT 'a'::text", "SELECT current_user::text", "SELECT 'it''s'::text -- a comment");
    say(w, "CREATE FUNCTION %s() RETURNS text LANGUAGE sql%s AS %s", m->id, traits(w, t, false), quoted(w, body));
    adorn_routine(w, t, "FUNCTION", textf(w, "%s()", m->id));
}

void make_trigger_function(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_TRIGGER_FUNCTION, true);
    say(w, "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql%s AS $f$\nBEGIN\n    %s\n    RETURN NEW;\nEND $f$", m->id, traits(w, t, false),
        PICK(w, t, "body", "", "-- nothing\n", "PERFORM 1;", "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"));
    adorn_routine(w, t, "FUNCTION", textf(w, "%s()", m->id));
}

void make_event_function(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_EVENT_FUNCTION, true);
    say(w, "CREATE FUNCTION %s() RETURNS event_trigger LANGUAGE plpgsql AS %s", m->id, PICK(w, t, "body", "'BEGIN END'", "'BEGIN PERFORM 1; END'"));
}

/* ---- functions of all shapes ---- */

typedef struct Arguments {
    Str text;      /* with names and defaults */
    Str signature; /* types alone */
} Arguments;

static Arguments make_arguments(const World *w, const Thing *t, bool with_outputs)
{
    enum { MOST = 3 };
    Arguments a = {.text = str_new(w->ctx), .signature = str_new(w->ctx)};
    bool defaults = false, named = chance(w, t, "arguments have names", 70);
    for (unsigned i = 0; i < MOST; i++) {
        Thing p = part(t, "argument", i);
        if (!chance(w, &p, "exists", 55))
            continue;
        const Type *type = type_for(w, &p, "type", 0);
        bool in_out = with_outputs && chance(w, &p, "inout", 20);
        const char *name = named ? textf(w, "%s ", sql_ident(w->ctx, textf(w, "%.50s%u", made_name(w, &p), i))) : "";
        defaults = defaults || (type->values[0] != NULL && chance(w, &p, "default", 25));
        str_addf(&a.text, "%s%s%s%s", a.text.len > 0 ? ", " : "", in_out ? "INOUT " : "", name, type->sql);
        str_addf(&a.signature, "%s%s", a.signature.len > 0 ? ", " : "", type->sql);
        if (defaults)
            str_addf(&a.text, " DEFAULT %s", type->values[0] == NULL ? "NULL" : quoted(w, pick_text(w, &p, "value", type->values, 3)));
    }
    if (!defaults && chance(w, t, "variadic", 10)) {
        str_addf(&a.text, "%sVARIADIC %sinteger[]", a.text.len > 0 ? ", " : "", named ? "rest " : "");
        str_addf(&a.signature, "%sinteger[]", a.signature.len > 0 ? ", " : "");
    }
    return a;
}

void make_function(World *w, const Thing *t)
{
    const Made *m = make_alone(w, t);
    Arguments a = make_arguments(w, t, false);
    const Type *type = type_for(w, t, "result", 0);
    switch (pick(w, t, "shape", 7)) {
    case 0: say(w, "CREATE FUNCTION %s(%s) RETURNS %s LANGUAGE sql%s RETURN NULL::%s", m->id, a.text.text, type->sql, traits(w, t, false), type->sql); break;
    case 1:
        say(w, "CREATE FUNCTION %s(%s) RETURNS TABLE (one %s, two integer) LANGUAGE sql%s ROWS %s AS %s", m->id, a.text.text, type->sql, traits(w, t, false),
            PICK(w, t, "rows", "10", "1", "1000"), quoted(w, textf(w, "SELECT NULL::%s, 1", type->sql)));
        break;
    case 2:
        say(w, "CREATE FUNCTION %s(%s) RETURNS SETOF %s LANGUAGE plpgsql%s AS $body$\nBEGIN\n  RETURN;\nEND\n$body$", m->id, a.text.text, type->sql,
            traits(w, t, false));
        break;
    case 3:
        say(w, "CREATE FUNCTION %s(%s%sOUT x integer, OUT y %s) LANGUAGE sql%s AS %s", m->id, a.text.text, a.text.len > 0 ? ", " : "", type->sql,
            traits(w, t, false), quoted(w, textf(w, "SELECT 1, NULL::%s", type->sql)));
        break;
    case 4:
        say(w, "CREATE FUNCTION %s() RETURNS bigint LANGUAGE internal WINDOW%s AS %s", m->id, traits(w, t, false),
            PICK(w, t, "internal", "'window_row_number'", "'window_rank'"));
        a.signature.text = mem_strdup(w->ctx, "");
        break;
    case 5:
        say(w, "CREATE FUNCTION %s(%s) RETURNS %s LANGUAGE sql%s BEGIN ATOMIC SELECT NULL::%s; END", m->id, a.text.text, type->sql, traits(w, t, false), type->sql);
        break;
    default:
        say(w, "CREATE FUNCTION %s(%s) RETURNS %s LANGUAGE plpgsql%s AS %s", m->id, a.text.text, type->sql, traits(w, t, false),
            quoted(w, PICK(w, t, "body", "BEGIN RETURN NULL; END", "\nDECLARE x text := $$y\\$$;\nBEGIN\n  RETURN NULL; -- it's\nEND;\n", "BEGIN  RETURN NULL;\tEND  ")));
        break;
    }
    adorn_routine(w, t, "FUNCTION", textf(w, "%s(%s)", m->id, a.signature.text));
}

void make_procedure(World *w, const Thing *t)
{
    const Made *m = make_alone(w, t);
    Arguments a = make_arguments(w, t, true);
    if (chance(w, t, "atomic", 30))
        say(w, "CREATE PROCEDURE %s(%s) LANGUAGE sql%s BEGIN ATOMIC SELECT 1; SELECT 2; END", m->id, a.text.text, traits(w, t, true));
    else
        say(w, "CREATE PROCEDURE %s(%s) LANGUAGE plpgsql%s AS %s", m->id, a.text.text, traits(w, t, true), PICK(w, t, "body", "'BEGIN END'", "'BEGIN NULL; END'"));
    adorn_routine(w, t, "PROCEDURE", textf(w, "%s(%s)", m->id, a.signature.text));
}

/* ---- functions over tables and views ---- */

void make_row_function(World *w, const Thing *t)
{
    const Made *of = REFER(w, t, "relation", GROUP_TABLE, GROUP_PARTITIONED, GROUP_VIEW, GROUP_MATERIALIZED);
    if (of == NULL)
        return;
    const Made *m = make_alone(w, t);
    const char *of_all = textf(w, "SELECT * FROM %s", of->id);
    switch (pick(w, t, "shape", 4)) {
    case 0:
        say(w, "CREATE FUNCTION %s(x %s) RETURNS integer LANGUAGE sql%s AS 'SELECT 1'", m->id, of->id, traits(w, t, false));
        adorn_routine(w, t, "FUNCTION", textf(w, "%s(%s)", m->id, of->id));
        return;
    case 1: say(w, "CREATE FUNCTION %s() RETURNS SETOF %s LANGUAGE sql%s AS %s", m->id, of->id, traits(w, t, false), quoted(w, of_all)); break;
    case 2: say(w, "CREATE FUNCTION %s() RETURNS SETOF %s LANGUAGE sql%s BEGIN ATOMIC %s; END", m->id, of->id, traits(w, t, false), of_all); break;
    default: say(w, "CREATE FUNCTION %s() RETURNS %s[] LANGUAGE sql%s RETURN NULL", m->id, of->id, traits(w, t, false)); break;
    }
    adorn_routine(w, t, "FUNCTION", textf(w, "%s()", m->id));
}

void make_reader(World *w, const Thing *t)
{
    const Made *of = REFER(w, t, "relation", GROUP_TABLE, GROUP_PARTITIONED, GROUP_VIEW, GROUP_MATERIALIZED);
    if (of == NULL)
        return;
    const Column *c = column_for(w, t, "column", of->data, 0);
    const Made *m = make(w, t, GROUP_READER, true);
    const char *query = textf(w, "SELECT count(%s)::integer FROM %s", c == NULL ? "*" : c->id, of->id);
    if (chance(w, t, "atomic", 60))
        say(w, "CREATE FUNCTION %s() RETURNS integer LANGUAGE sql%s BEGIN ATOMIC %s; END", m->id, traits(w, t, false), query);
    else
        say(w, "CREATE FUNCTION %s() RETURNS integer LANGUAGE sql%s AS %s", m->id, traits(w, t, false), quoted(w, query));
    adorn_routine(w, t, "FUNCTION", textf(w, "%s()", m->id));
}

/* ---- aggregates ---- */

void make_aggregate(World *w, const Thing *t)
{
    const Made *m = make(w, t, GROUP_AGGREGATE, true);
    static const char *const shapes[] = {
        "SFUNC = int4pl, STYPE = integer", "SFUNC = int4larger, STYPE = integer, SORTOP = >",
        "SFUNC = int4_sum, STYPE = bigint, INITCOND = '0', COMBINEFUNC = int8pl",
        "SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = int8_avg, INITCOND = '{0,0}', SSPACE = 64, FINALFUNC_MODIFY = SHAREABLE",
        ("SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = int8_avg, INITCOND = '{0,0}', MSFUNC = int4_avg_accum, MINVFUNC = int4_avg_accum_inv, "
        "MSTYPE = bigint[], MFINALFUNC = int8_avg, MINITCOND = '{0,0}'"),
    };
    const char *details = pick_text(w, t, "shape", shapes, 5), *parallel = PICK(w, t, "parallel", "", "", ", PARALLEL = SAFE", ", PARALLEL = RESTRICTED");
    if (chance(w, t, "ordered set", 20)) {
        w->made[GROUP_AGGREGATE].n--;
        const char *signature = textf(w, "%s(double precision ORDER BY anyelement)", m->id);
        say(w, "CREATE AGGREGATE %s (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA%s%s)", signature,
            PICK(w, t, "modify", "", ", FINALFUNC_MODIFY = READ_WRITE", ", FINALFUNC_MODIFY = SHAREABLE"), parallel);
        adorn(w, t, textf(w, "AGGREGATE %s", signature), NULL, NULL, NULL);
        return;
    }
    say(w, "CREATE AGGREGATE %s(%sinteger) (%s%s)", m->id, chance(w, t, "named", 30) ? "x " : "", details, parallel);
    adorn(w, t, textf(w, "AGGREGATE %s(integer)", m->id), textf(w, "FUNCTION %s(integer)", m->id), "EXECUTE", "EXECUTE");
}

/* ---- operators ---- */

static const char *prefix(const World *w, const Made *m)
{
    return w->many_schemas ? textf(w, "%s.", sql_ident(w->ctx, m->schema)) : "";
}

void make_operator(World *w, const Thing *t)
{
    static const char *const names[] = {"===", "<->|", "@#", "~~~~", "!==", "&&&"};
    unsigned n = pick(w, t, "operator", 5);
    Made *m = make(w, t, GROUP_OPERATOR, true);
    const char *schema = prefix(w, m), *operator= textf(w, "%s%s", schema, names[n]);
    const char *function = textf(w, "%smadeup_op_%u", schema, n);
    m->id = w->many_schemas ? textf(w, "OPERATOR(%s)", operator) : names[n];
    say(w, "CREATE FUNCTION %s(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 %s $2'", function,
        PICK(w, t, "by", "=", "<", "<>"));
    say(w, "CREATE OPERATOR %s (FUNCTION = %s, LEFTARG = integer, RIGHTARG = integer%s%s%s)", operator, function,
        chance(w, t, "commutator", 40) ? textf(w, ", COMMUTATOR = %s", m->id[0] == 'O' ? m->id : operator) : "",
        chance(w, t, "restrict", 40) ? ", RESTRICT = eqsel, JOIN = eqjoinsel" : "", chance(w, t, "hashes", 20) ? ", HASHES, MERGES" : "");
    if (chance(w, t, "negated", 25)) {
        const char *not_function = textf(w, "%smadeup_not_%u", schema, n);
        say(w, "CREATE FUNCTION %s(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'", not_function);
        say(w, "CREATE OPERATOR %s (FUNCTION = %s, LEFTARG = integer, RIGHTARG = integer, NEGATOR = %s)", textf(w, "%s|", operator), not_function,
            m->id[0] == 'O' ? m->id : operator);
    }
    adorn(w, t, textf(w, "OPERATOR %s (integer, integer)", operator), NULL, NULL, NULL);
}

void make_operator_class(World *w, const Thing *t)
{
    Made *m = make(w, t, GROUP_OPERATOR_CLASS, true);
    const char *family = "";
    if (chance(w, t, "family", 60)) {
        Thing f = part(t, "family", 0);
        const char *id = textf(w, "%s%s", prefix(w, m), sql_ident(w->ctx, textf(w, "f%.50s", made_name(w, &f))));
        say(w, "CREATE OPERATOR FAMILY %s USING btree", id);
        adorn(w, &f, textf(w, "OPERATOR FAMILY %s USING btree", id), NULL, NULL, NULL);
        family = textf(w, " FAMILY %s", id);
        if (chance(w, &f, "more", 50))
            say(w, "ALTER OPERATOR FAMILY %s USING btree ADD OPERATOR 1 < (integer, bigint), OPERATOR 3 = (integer, bigint), FUNCTION 1 (integer, bigint) "
                   "btint48cmp(integer, bigint)", id);
    }
    say(w, "CREATE OPERATOR CLASS %s FOR TYPE integer USING btree%s AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, "
           "FUNCTION 1 btint4cmp(integer, integer)%s", m->id, family, chance(w, t, "sorts", 30) ? ", FUNCTION 2 btint4sortsupport(internal)" : "");
    adorn(w, t, textf(w, "OPERATOR CLASS %s USING btree", m->id), NULL, NULL, NULL);
}
