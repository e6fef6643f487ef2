/* sql/quote.c: see quote.h. */
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

/* Keywords that are not unreserved in some version from 12 to 18: as identifiers they need quotes. Sorted.
 * Source: pg_get_keywords() of these versions, where catcode <> 'U'. */
static const char *const keywords[] = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between", "bigint",
    "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce", "collate", "collation",
    "column", "concurrently", "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable",
    "desc", "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in", "initially", "inner",
    "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull", "join", "json", "json_array",
    "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize",
    "json_table", "json_value", "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp",
    "merge_action", "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric",
    "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision",
    "primary", "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
    "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp",
    "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic",
    "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest",
    "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
};

static int compare(const void *name, const void *row)
{
    return strcmp(name, *(const char *const *)row);
}

static bool is_plain(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_", more[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    return name[0] != '\0' && strchr(letters, name[0]) != NULL && strspn(name, more) == strlen(name) &&
           bsearch(name, keywords, sizeof keywords / sizeof keywords[0], sizeof keywords[0], compare) == NULL;
}

static void add_doubled(Str *out, const char *text, char quote)
{
    for (; *text != '\0'; text++) {
        if (*text == quote || (quote == '\'' && *text == '\\'))
            str_add_char(out, *text);
        str_add_char(out, *text);
    }
}

char *sql_ident(const void *ctx, const char *name)
{
    return is_plain(name) ? mem_strdup(ctx, name) : sql_ident_quoted(ctx, name);
}

static void add_quoted(Str *out, const char *name)
{
    str_add_char(out, '"');
    add_doubled(out, name, '"');
    str_add_char(out, '"');
}

void sql_add_ident(Str *out, const char *name)
{
    if (is_plain(name))
        str_add(out, name);
    else
        add_quoted(out, name);
}

char *sql_ident_quoted(const void *ctx, const char *name)
{
    Str out = str_new(ctx);
    add_quoted(&out, name);
    return out.text;
}

char *sql_qualified(const void *ctx, const char *schema, const char *name)
{
    SCRATCH void *scratch = mem_scratch();
    return mem_printf(ctx, "%s.%s", sql_ident(scratch, schema), sql_ident(scratch, name));
}

char *sql_literal(const void *ctx, const char *text)
{
    if (text == NULL)
        return mem_strdup(ctx, "NULL");
    Str out = str_new(ctx);
    str_add(&out, strchr(text, '\\') != NULL ? "E'" : "'");
    add_doubled(&out, text, '\'');
    str_add_char(&out, '\'');
    return out.text;
}
