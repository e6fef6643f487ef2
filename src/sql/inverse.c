/* sql/inverse.c: see inverse.h. */
#include "sql/inverse.h"

#include "sql/quote.h"
#include "sql/words.h"

#include <string.h>

/* One statement. */
typedef struct Inverter {
    const void *ctx;
    Words w;
    SqlInverse *out;
} Inverter;

static void add_revert(Inverter *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add_revert(Inverter *v, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    list_push(v->ctx, &v->out->revert, mem_vprintf(v->ctx, fmt, args));
    va_end(args);
}

static void add_verify(Inverter *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add_verify(Inverter *v, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    list_push(v->ctx, &v->out->verify, mem_vprintf(v->ctx, fmt, args));
    va_end(args);
}

/* A name as the value of a reg… type, or as what a catalog has: "Order" and Users are Order and users there. */
static char *as_text(Inverter *v, const char *name)
{
    return sql_literal(v->ctx, name);
}

static char *as_catalog_name(Inverter *v, const char *name)
{
    Str out = str_new(v->ctx);
    bool quoted = name[0] == '"';
    for (const char *p = name + quoted; *p != '\0'; p++) {
        p += quoted && *p == '"';
        if (*p == '\0')
            break;
        str_add_char(&out, !quoted && *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
    }
    return sql_literal(v->ctx, out.text);
}

/* Objects that are dropped by their name alone, and the type whose input fails when the name means nothing. */
static const struct {
    const char *words, *drop, *reg;
} plain_kinds[] = {
    {"SCHEMA", "SCHEMA", "regnamespace"},
    {"TABLE", "TABLE", "regclass"},
    {"FOREIGN TABLE", "FOREIGN TABLE", "regclass"},
    {"VIEW", "VIEW", "regclass"},
    {"RECURSIVE VIEW", "VIEW", "regclass"},
    {"MATERIALIZED VIEW", "MATERIALIZED VIEW", "regclass"},
    {"SEQUENCE", "SEQUENCE", "regclass"},
    {"TYPE", "TYPE", "regtype"},
    {"DOMAIN", "DOMAIN", "regtype"},
    {"ROLE", "ROLE", "regrole"},
    {"USER", "ROLE", "regrole"},
    {"GROUP", "ROLE", "regrole"},
};

static bool create_plain(Inverter *v)
{
    for (size_t i = 0; i < sizeof plain_kinds / sizeof plain_kinds[0]; i++) {
        if (!words_accept(&v->w, plain_kinds[i].words))
            continue;
        words_accept(&v->w, "IF NOT EXISTS");
        if (words_next(&v->w, "AUTHORIZATION")) /* the schema is called as a role is, which may be CURRENT_USER */
            return false;
        char *name = words_name(v->ctx, &v->w);
        if (name == NULL)
            return false;
        add_revert(v, "DROP %s %s", plain_kinds[i].drop, name);
        add_verify(v, "SELECT %s::pg_catalog.%s", as_text(v, name), plain_kinds[i].reg);
        return true;
    }
    return false;
}

/* "app" of "app.users", with its dot; "" when there is none. */
static char *schema_of(Inverter *v, const char *name)
{
    const char *dot = name[0] == '"' ? strstr(name, "\".") : strchr(name, '.');
    size_t len = dot == NULL ? 0 : (size_t)(dot - name) + (name[0] == '"') + 1;
    return mem_strndup(v->ctx, name, len);
}

/* An index lives in the schema of its table, whatever its name says. */
static bool create_index(Inverter *v)
{
    if (!words_accept(&v->w, "INDEX"))
        return false;
    const char *concurrently = words_accept(&v->w, "CONCURRENTLY") ? "CONCURRENTLY " : "";
    words_accept(&v->w, "IF NOT EXISTS");
    char *name = words_next(&v->w, "ON") ? NULL : words_name(v->ctx, &v->w);
    if (name == NULL || !words_accept(&v->w, "ON"))
        return false;
    words_accept(&v->w, "ONLY");
    char *table = words_name(v->ctx, &v->w);
    if (table == NULL)
        return false;
    char *whole = mem_printf(v->ctx, "%s%s", schema_of(v, table), name);
    add_revert(v, "DROP INDEX %s%s", concurrently, whole);
    add_verify(v, "SELECT %s::pg_catalog.regclass", as_text(v, whole));
    return true;
}

/* Second words of types that have several: double precision, character varying, time with time zone, interval year. */
static bool is_within_type(const Words *w)
{
    static const char *const words[] = {"precision", "varying", "with",   "without", "year",  "month",
                                        "day",       "hour",    "minute", "second",  "(",     "[",
                                        "%"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words_next(w, words[i]))
            return true;
    return false;
}

/* "IN a int DEFAULT 1": as DROP wants it, without the default; and its type alone, unless it is an output. */
static void add_argument(Inverter *v, Words part, Str *drop, Str *types)
{
    Words all = part, rest = part;
    if (words_find(&rest, "DEFAULT") || words_find(&rest, "="))
        all.end = part.end = rest.at - 1;
    bool is_output = words_next(&part, "OUT");
    static const char *const modes[] = {"INOUT", "IN", "OUT", "VARIADIC"};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        words_accept(&part, modes[i]);
    str_addf(drop, "%s%s", drop->len > 0 ? ", " : "", words_rest(v->ctx, &all));
    Words named = part;
    char *first = words_name(v->ctx, &named);
    bool has_name = first != NULL && strchr(first, '.') == NULL && named.at < named.end && !is_within_type(&named);
    if (!is_output)
        str_addf(types, "%s%s", types->len > 0 ? ", " : "", words_rest(v->ctx, has_name ? &named : &part));
}

static bool create_routine(Inverter *v)
{
    const char *kind = words_accept(&v->w, "FUNCTION")    ? "FUNCTION"
                       : words_accept(&v->w, "PROCEDURE") ? "PROCEDURE"
                                                          : NULL;
    char *name = kind == NULL ? NULL : words_name(v->ctx, &v->w);
    Words arguments, part;
    if (name == NULL || !words_group(&v->w, &arguments))
        return false;
    Str drop = str_new(v->ctx), types = str_new(v->ctx);
    while (words_part(&arguments, &part))
        add_argument(v, part, &drop, &types);
    add_revert(v, "DROP %s %s(%s)", kind, name, drop.text);
    /* procedures count their outputs as arguments since PostgreSQL 14: only functions are looked for by types */
    if (strcmp(kind, "FUNCTION") == 0)
        add_verify(v, "SELECT %s::pg_catalog.regprocedure", as_text(v, mem_printf(v->ctx, "%s(%s)", name, types.text)));
    else
        add_verify(v, "SELECT %s::pg_catalog.regproc", as_text(v, name));
    return true;
}

static bool create_extension(Inverter *v)
{
    if (!words_accept(&v->w, "EXTENSION"))
        return false;
    words_accept(&v->w, "IF NOT EXISTS");
    char *name = words_name(v->ctx, &v->w);
    if (name == NULL)
        return false;
    add_revert(v, "DROP EXTENSION %s", name);
    add_verify(v, "SELECT 1 / pg_catalog.count(*) FROM pg_catalog.pg_extension WHERE extname = %s", as_catalog_name(v, name));
    return true;
}

/* What belongs to a table: the words before its name, the word before the table's, and where the catalog has it. */
static const struct {
    const char *words, *drop, *before_table, *catalog, *name_column, *table_column;
} table_kinds[] = {
    {"TRIGGER", "TRIGGER", "ON", "pg_trigger", "tgname", "tgrelid"},
    {"CONSTRAINT TRIGGER", "TRIGGER", "ON", "pg_trigger", "tgname", "tgrelid"},
    {"POLICY", "POLICY", "ON", "pg_policy", "polname", "polrelid"},
    {"RULE", "RULE", "TO", "pg_rewrite", "rulename", "ev_class"},
};

static bool create_of_table(Inverter *v)
{
    for (size_t i = 0; i < sizeof table_kinds / sizeof table_kinds[0]; i++) {
        if (!words_accept(&v->w, table_kinds[i].words))
            continue;
        char *name = words_name(v->ctx, &v->w);
        char *table = name != NULL && words_find(&v->w, table_kinds[i].before_table) ? words_name(v->ctx, &v->w) : NULL;
        if (table == NULL)
            return false;
        add_revert(v, "DROP %s %s ON %s", table_kinds[i].drop, name, table);
        add_verify(v, "SELECT 1 / pg_catalog.count(*) FROM pg_catalog.%s WHERE %s = %s AND %s = %s::pg_catalog.regclass",
                   table_kinds[i].catalog, table_kinds[i].name_column, as_catalog_name(v, name), table_kinds[i].table_column,
                   as_text(v, table));
        return true;
    }
    return false;
}

/* What CREATE OR REPLACE replaced, if anything, is gone. Temporary objects go by themselves. */
static bool invert_create(Inverter *v)
{
    words_accept(&v->w, "OR REPLACE");
    if (words_accept(&v->w, "GLOBAL") || words_accept(&v->w, "LOCAL") || words_next(&v->w, "TEMP") ||
        words_next(&v->w, "TEMPORARY"))
        return true;
    words_accept(&v->w, "UNLOGGED");
    words_accept(&v->w, "UNIQUE");
    return !words_next(&v->w, "USER MAPPING") && (create_of_table(v) || create_plain(v) || create_index(v) || create_routine(v) ||
                                                  create_extension(v));
}

static bool add_column(Inverter *v, Words *a, const char *table)
{
    words_accept(a, "COLUMN");
    words_accept(a, "IF NOT EXISTS");
    char *column = words_name(v->ctx, a);
    if (column == NULL)
        return false;
    add_revert(v, "ALTER TABLE %s DROP COLUMN %s", table, column);
    add_verify(v, "SELECT %s FROM %s WHERE false", column, table);
    return true;
}

static bool add_constraint(Inverter *v, Words *a, const char *table)
{
    char *name = words_name(v->ctx, a);
    if (name == NULL)
        return false;
    add_revert(v, "ALTER TABLE %s DROP CONSTRAINT %s", table, name);
    add_verify(v,
               "SELECT 1 / pg_catalog.count(*) FROM pg_catalog.pg_constraint WHERE conname = %s AND conrelid = "
               "%s::pg_catalog.regclass",
               as_catalog_name(v, name), as_text(v, table));
    return true;
}

/* A constraint without a name gets one from the server. */
static bool adds_unnamed_constraint(const Words *a)
{
    static const char *const words[] = {"PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK", "EXCLUDE", "NOT NULL"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words_next(a, words[i]))
            return true;
    return false;
}

/* Switches of a table: what the catalog has once it is on. */
static const struct {
    const char *words, *back, *column;
    bool on;
} table_switches[] = {
    {"ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY", "relrowsecurity", true},
    {"DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY", "relrowsecurity", false},
    {"FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY", "relforcerowsecurity", true},
    {"NO FORCE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY", "relforcerowsecurity", false},
};

static bool set_switch(Inverter *v, Words *a, const char *table)
{
    for (size_t i = 0; i < sizeof table_switches / sizeof table_switches[0]; i++) {
        if (!words_accept(a, table_switches[i].words))
            continue;
        add_revert(v, "ALTER TABLE %s %s", table, table_switches[i].back);
        add_verify(v, "SELECT 1 / pg_catalog.count(*) FROM pg_catalog.pg_class WHERE oid = %s::pg_catalog.regclass AND %s%s",
                   as_text(v, table), table_switches[i].on ? "" : "NOT ", table_switches[i].column);
        return true;
    }
    return false;
}

static bool set_not_null(Inverter *v, Words *a, const char *table)
{
    words_accept(a, "COLUMN");
    char *column = words_name(v->ctx, a);
    if (column == NULL || !words_accept(a, "SET NOT NULL"))
        return false;
    add_revert(v, "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL", table, column);
    add_verify(v,
               "SELECT 1 / pg_catalog.count(*) FROM pg_catalog.pg_attribute WHERE attrelid = %s::pg_catalog.regclass AND "
               "attname = %s AND attnotnull",
               as_text(v, table), as_catalog_name(v, column));
    return true;
}

static bool table_action(Inverter *v, Words *a, const char *table)
{
    if (words_accept(a, "ADD CONSTRAINT"))
        return add_constraint(v, a, table);
    if (words_accept(a, "ADD"))
        return !adds_unnamed_constraint(a) && add_column(v, a, table);
    if (words_accept(a, "ALTER"))
        return set_not_null(v, a, table);
    return set_switch(v, a, table);
}

/* RENAME TO new; RENAME [COLUMN] old TO new. */
static bool rename_in_table(Inverter *v, const char *table)
{
    if (words_accept(&v->w, "TO")) {
        char *new_name = words_name(v->ctx, &v->w);
        const char *schema = schema_of(v, table), *old_name = table + strlen(schema);
        if (new_name == NULL)
            return false;
        add_revert(v, "ALTER TABLE %s%s RENAME TO %s", schema, new_name, old_name);
        add_verify(v, "SELECT %s::pg_catalog.regclass", as_text(v, mem_printf(v->ctx, "%s%s", schema, new_name)));
        return true;
    }
    words_accept(&v->w, "COLUMN");
    char *old_name = words_next(&v->w, "CONSTRAINT") ? NULL : words_name(v->ctx, &v->w);
    char *new_name = old_name != NULL && words_accept(&v->w, "TO") ? words_name(v->ctx, &v->w) : NULL;
    if (new_name == NULL)
        return false;
    add_revert(v, "ALTER TABLE %s RENAME COLUMN %s TO %s", table, new_name, old_name);
    add_verify(v, "SELECT %s FROM %s WHERE false", new_name, table);
    return true;
}

static bool invert_alter_table(Inverter *v)
{
    words_accept(&v->w, "IF EXISTS");
    words_accept(&v->w, "ONLY");
    char *table = words_name(v->ctx, &v->w);
    if (table == NULL)
        return false;
    if (words_accept(&v->w, "RENAME"))
        return rename_in_table(v, table);
    bool whole = true;
    size_t first = v->out->revert.n;
    for (Words action; words_part(&v->w, &action);)
        whole = table_action(v, &action, table) && whole;
    for (size_t i = first, j = v->out->revert.n; i + 1 < j; i++) { /* what was done last is taken back first */
        const char *swap = v->out->revert.v[i];
        v->out->revert.v[i] = v->out->revert.v[--j];
        v->out->revert.v[j] = swap;
    }
    return whole;
}

/* GRANT x ON y TO z [WITH …] → REVOKE x ON y FROM z; `head` is what stands before GRANT. */
static bool invert_grant(Inverter *v, const char *head)
{
    size_t what = v->w.at;
    if (!words_find(&v->w, "TO"))
        return false;
    size_t to = v->w.at - 1, roles = v->w.at, end = v->w.end;
    if (words_find(&v->w, "WITH"))
        end = v->w.at - 1;
    else if (words_find(&v->w, "GRANTED BY"))
        end = v->w.at - 2;
    add_revert(v, "%sREVOKE %s FROM %s", head, words_between(v->ctx, &v->w, what, to),
               words_between(v->ctx, &v->w, roles, end));
    return true;
}

static bool invert_default_privileges(Inverter *v)
{
    if (!words_find(&v->w, "GRANT"))
        return false;
    return invert_grant(v, mem_printf(v->ctx, "%s ", words_between(v->ctx, &v->w, 0, v->w.at - 1)));
}

static bool invert_comment(Inverter *v)
{
    if (!words_find(&v->w, "IS"))
        return false;
    add_revert(v, "%s NULL", words_between(v->ctx, &v->w, 0, v->w.at));
    return true;
}

/* Statements that leave nothing behind. A SELECT may call a function that does. */
static bool leaves_nothing(const Words *w)
{
    static const char *const words[] = {"SET", "RESET", "SHOW", "ANALYZE", "LOCK"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words_next(w, words[i]))
            return true;
    return false;
}

bool sql_invert(const void *ctx, const char *statement, size_t len, SqlInverse *out)
{
    Inverter v = {.ctx = ctx, .w = words_of(ctx, statement, len), .out = out};
    if (words_accept(&v.w, "CREATE"))
        return invert_create(&v);
    if (words_accept(&v.w, "ALTER TABLE"))
        return invert_alter_table(&v);
    if (words_accept(&v.w, "ALTER DEFAULT PRIVILEGES"))
        return invert_default_privileges(&v);
    if (words_accept(&v.w, "GRANT"))
        return invert_grant(&v, "");
    if (words_accept(&v.w, "COMMENT ON"))
        return invert_comment(&v);
    return leaves_nothing(&v.w);
}
