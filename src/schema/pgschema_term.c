/* schema/pgschema_term.c: see pgschema_term.h. */
#include "schema/pgschema_term.h"

#include <ctype.h>
#include <string.h>

/* ---- names of the schema itself ---- */

const char *term_own_call(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text;
    const char *name = skip_text(p, arg), *end = name != NULL ? skip_name(name) : NULL;
    if (end == NULL || *end != '(')
        return NULL;
    str_add_n(out, name, (size_t)(end + 1 - name));
    return end + 1;
}

/* A relation's name is followed by a blank, a comma, a closing parenthesis or nothing. */
const char *term_own_relation(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text;
    const char *name = skip_text(p, arg), *end = name != NULL ? skip_name(name) : NULL;
    if (end == NULL || !(is_blank_char(*end) || *end == ',' || *end == ')' || *end == '\0'))
        return NULL;
    end += *end != '\0';
    str_add_n(out, name, (size_t)(end - name));
    return end;
}

const char *term_own_cast(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text;
    const char *cast = skip_text(p, "::"), *end = cast != NULL ? skip_text(cast, arg) : NULL;
    if (end != NULL)
        str_add(out, "::");
    return end;
}

const char *term_own_named_cast(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text;
    const char *cast = skip_text(p, "::"), *name = cast != NULL ? skip_text(cast, arg) : NULL;
    const char *end = name != NULL ? skip_name(name) : NULL;
    if (end != NULL) {
        str_add(out, "::");
        str_add_n(out, name, (size_t)(end - name));
    }
    return end;
}

/* ---- names of types ---- */

/* Names in the server's catalogs, and those that are hashed. Of two that begin alike the longer stands below. */
static const char *const type_names[][2] = {
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"bool", "boolean"},
    {"bpchar", "character"},
    {"character varying", "varchar"},
    {"timestamp with time zone", "timestamptz"},
    {"timestamp without time zone", "timestamp"},
    {"time with time zone", "timetz"},
    {"int2[]", "smallint[]"},
    {"int4[]", "integer[]"},
    {"int8[]", "bigint[]"},
    {"float4[]", "real[]"},
    {"float8[]", "double precision[]"},
    {"bool[]", "boolean[]"},
    {"bpchar[]", "character[]"},
    {"pg_catalog.int2", "smallint"},
    {"pg_catalog.int4", "integer"},
    {"pg_catalog.int8", "bigint"},
    {"pg_catalog.float4", "real"},
    {"pg_catalog.float8", "double precision"},
    {"pg_catalog.bool", "boolean"},
    {"pg_catalog.bpchar", "character"},
};
enum { TYPE_NAMES = sizeof type_names / sizeof *type_names };

const char *term_type_name(const char *name)
{
    for (size_t i = 0; i < TYPE_NAMES; i++)
        if (strcmp(name, type_names[i][0]) == 0)
            return type_names[i][1];
    return NULL;
}

const char *term_type_cast(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    const char *name = skip_text(p, "::");
    for (size_t i = TYPE_NAMES; name != NULL && i-- > 0;) {
        const char *end = skip_text(name, type_names[i][0]);
        if (end != NULL) {
            str_addf(out, "::%s", type_names[i][1]);
            return end;
        }
    }
    return NULL;
}

/* ---- literals and their casts ---- */

const char *term_nextval(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    const char *name = skip_text(p, "nextval('"), *dot = name != NULL ? strchr(name, '.') : NULL;
    if (dot == NULL || dot == name)
        return NULL;
    const char *quote = dot + 1 + strcspn(dot + 1, "'"), *end = skip_text(quote, "'::regclass)");
    if (end == NULL || quote == dot + 1)
        return NULL;
    str_addf(out, "nextval('%.*s'::regclass)", (int)(quote - dot - 1), dot + 1);
    return end;
}

const char *term_null(Str *out, const char *text, const char *p, const char *arg)
{
    (void)arg;
    const char *end = is_word_edge(text, p) ? skip_text(p, "NULL::") : NULL;
    if (end == NULL || skip_name(end) == NULL)
        return NULL;
    while (is_word_char(*end) || is_blank_char(*end) || *end == '.')
        end++;
    const char *brackets = skip_text(end, "[]");
    str_add(out, "NULL");
    return brackets != NULL ? brackets : end;
}

static const char *skip_digits(const char *p)
{
    const char *start = p;
    while (isdigit((unsigned char)*p))
        p++;
    return p > start ? p : NULL;
}

const char *term_number(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    static const char types[] = "integer|bigint|smallint|numeric|decimal|real|double precision|"
                                "int2|int4|int8|float4|float8";
    if (*p != '\'')
        return NULL;
    const char *end = skip_digits(p + 1 + (p[1] == '-')), *fraction;
    if (end != NULL && *end == '.' && (fraction = skip_digits(end + 1)) != NULL)
        end = fraction;
    const char *cast = end != NULL ? skip_text(end, "'::") : NULL, *rest = cast != NULL ? skip_any(cast, types) : NULL;
    if (rest != NULL)
        str_add_n(out, p + 1, (size_t)(end - p - 1));
    return rest;
}

const char *term_parenthesised(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    const char *end = *p == '(' ? skip_digits(p + 1) : NULL, *cast = end != NULL ? skip_text(end, ")::") : NULL;
    const char *rest = cast != NULL ? skip_any(cast, "bigint|integer|smallint|numeric|decimal") : NULL;
    if (rest == NULL)
        return NULL;
    str_add_n(out, p + 1, (size_t)(end - p - 1));
    str_add_n(out, end + 1, (size_t)(rest - end - 1));
    return rest;
}

const char *skip_literal(const char *p)
{
    for (p++; *p != '\0'; p++)
        if (*p == '\'' && *++p != '\'')
            return p;
    return NULL;
}

const char *term_literal(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    static const char types[] = "text|character varying|character|bpchar|varchar|jsonb|json";
    const char *end = *p == '\'' ? skip_literal(p) : NULL, *cast = end != NULL ? skip_text(end, "::") : NULL;
    const char *rest = cast != NULL ? skip_any(cast, types) : NULL;
    if (rest == NULL)
        return NULL;
    for (const char *brackets; (brackets = skip_text(rest, "[]")) != NULL;)
        rest = brackets;
    str_add_n(out, p, (size_t)(end - p));
    return rest;
}

const char *term_text(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text;
    const char *quote = *p == '\'' ? strchr(p + 1, '\'') : NULL;
    const char *end = quote != NULL && quote > p + 1 ? skip_text(quote, "'::text") : NULL;
    if (end == NULL || is_word_char(*end) || (arg != NULL && *end == *arg))
        return NULL;
    str_add_n(out, p, (size_t)(quote + 1 - p));
    if (arg != NULL && *end != '\0')
        str_add_char(out, *end++);
    return end;
}

const char *term_double_cast(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    const char *first = skip_any(p, "::character varying|::varchar");
    const char *end = first != NULL ? skip_text(first, "::text") : NULL;
    if (end == NULL || is_word_char(*end))
        return NULL;
    str_add_n(out, p, (size_t)(first - p));
    return end;
}
