/* schema/pgschema_signature.c: see pgschema_signature.h. */
#include "schema/pgschema_signature.h"

#include "base/list.h"
#include "schema/pgschema_clean.h"
#include "schema/pgschema_pattern.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

typedef LIST(char *) PieceList;

/* ---- parameters ---- */

/* A byte as a character of its own: what is not ASCII comes out as if it had been Latin-1. */
static void add_byte(Str *piece, char c)
{
    unsigned char byte = (unsigned char)c;
    if (byte >= 0x80)
        str_add_char(piece, (char)(0xC0 | byte >> 6));
    str_add_char(piece, byte >= 0x80 ? (char)(0x80 | (byte & 0x3F)) : c);
}

/* Cuts at commas outside quotes and brackets. */
static PieceList split_parameters(const void *ctx, const char *signature)
{
    PieceList pieces = {0};
    Str piece = str_new(ctx);
    int depth = 0;
    bool quoted = false;
    for (const char *p = signature; *p != '\0'; p++) {
        if (*p == '\'')
            quoted = !quoted;
        depth += !quoted && strchr("([{", *p) != NULL;
        depth -= !quoted && strchr(")]}", *p) != NULL;
        if (*p != ',' || quoted || depth != 0) {
            add_byte(&piece, *p);
            continue;
        }
        list_push(ctx, &pieces, text_trimmed(ctx, piece.text));
        piece = str_new(ctx);
    }
    list_push(ctx, &pieces, text_trimmed(ctx, piece.text));
    return pieces;
}

/* The next word, and *p behind it; empty at the end. */
static char *take_word(const void *ctx, const char **p)
{
    while (isspace((unsigned char)**p))
        (*p)++;
    const char *start = *p;
    while (**p != '\0' && !isspace((unsigned char)**p))
        (*p)++;
    return mem_strndup(ctx, start, (size_t)(*p - start));
}

static bool is_mode(const char *word)
{
    static const char *const modes[] = {"IN", "OUT", "INOUT", "VARIADIC", "TABLE"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcasecmp(word, modes[i]) == 0)
            return true;
    return false;
}

static void upper(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)toupper((unsigned char)*text);
}

static const char *without_schema(const void *ctx, const char *type, const char *schema)
{
    const char *rest = skip_text(type, mem_printf(ctx, "\"%s\".", schema));
    if (rest == NULL)
        rest = skip_text(type, mem_printf(ctx, "%s.", schema));
    return rest != NULL ? rest : type;
}

typedef struct Parameter {
    const char *name, *type, *mode;
    char *value; /* its default; NULL without */
} Parameter;

/* A mode, a name and a type, of which mode and name may be missing: the first of several words is taken for the name. */
static Parameter read_parameter(const void *ctx, char *piece, const char *schema)
{
    Parameter p = {.name = "", .type = "", .mode = "IN"};
    char *value = strcasestr(piece, " DEFAULT ");
    if (value != NULL) {
        p.value = text_trimmed(ctx, value + strlen(" DEFAULT "));
        *value = '\0';
    }
    const char *rest = piece;
    char *word = take_word(ctx, &rest);
    if (is_mode(word)) {
        upper(word);
        p.mode = word;
        word = take_word(ctx, &rest);
    }
    Str type = str_new(ctx);
    for (char *next; *(next = take_word(ctx, &rest)) != '\0';)
        str_addf(&type, "%s%s", type.len > 0 ? " " : "", next);
    p.name = type.len > 0 ? word : "";
    p.type = without_schema(ctx, type.len > 0 ? type.text : word, schema);
    return p;
}

static json_t *parameter_object(const void *ctx, const Parameter *p, size_t position, const char *schema)
{
    const char *type = pgschema_clean_type(ctx, p->type, schema);
    json_t *object = json_pack("{s:s, s:s, s:s, s:I}", "name", p->name, "data_type", type, "mode", p->mode, "position",
                               (json_int_t)position);
    if (p->value != NULL)
        json_object_set_new(object, "default_value", json_string(pgschema_clean_default(ctx, p->value, schema)));
    return object;
}

json_t *pgschema_parameters(const void *ctx, const char *signature, const char *schema, char **types)
{
    json_t *parameters = json_array();
    Str list = str_new(ctx);
    PieceList pieces = split_parameters(ctx, signature);
    for (size_t i = 0; i < pieces.n; i++) {
        if (*pieces.v[i] == '\0')
            continue;
        Parameter p = read_parameter(ctx, pieces.v[i], schema);
        json_array_append_new(parameters, parameter_object(ctx, &p, json_array_size(parameters) + 1, schema));
        if (strcmp(p.mode, "OUT") != 0 && strcmp(p.mode, "TABLE") != 0)
            str_addf(&list, "%s%s", list.len > 0 ? ", " : "", p.type);
    }
    *types = list.text;
    return parameters;
}

/* ---- return types ---- */

/* Cuts at commas outside double quotes and parentheses. */
static PieceList split_columns(const void *ctx, const char *columns)
{
    PieceList pieces = {0};
    int depth = 0;
    bool quoted = false;
    const char *start = columns;
    for (const char *p = columns;; p++) {
        if (*p == '"')
            quoted = !quoted;
        depth += !quoted && *p == '(';
        depth -= !quoted && *p == ')';
        if (*p == '\0' || (*p == ',' && !quoted && depth == 0)) {
            list_push(ctx, &pieces, text_trimmed(ctx, mem_strndup(ctx, start, (size_t)(p - start))));
            start = p + 1;
        }
        if (*p == '\0')
            return pieces;
    }
}

/* Length of a column's name, which may be quoted. */
static size_t name_length(const char *column)
{
    bool quoted = false;
    const char *p = column;
    for (; *p != '\0' && (quoted || (*p != ' ' && *p != '\t')); p++)
        if (*p == '"')
            quoted = !quoted;
    return (size_t)(p - column);
}

static char *clean_result(const void *ctx, const char *type, const char *prefix)
{
    const char *clean = pgschema_clean_type(ctx, type, NULL), *own = skip_text(clean, prefix);
    return mem_strdup(ctx, own != NULL ? own : clean);
}

static char *clean_columns(const void *ctx, const char *columns, const char *prefix)
{
    Str out = str_new(ctx);
    PieceList pieces = split_columns(ctx, columns);
    str_add(&out, "TABLE(");
    for (size_t i = 0; i < pieces.n; i++) {
        size_t len = name_length(pieces.v[i]);
        const char *type = text_trimmed(ctx, pieces.v[i] + len);
        str_addf(&out, "%s%.*s %s", i > 0 ? ", " : "", (int)len, pieces.v[i], clean_result(ctx, type, prefix));
    }
    str_add(&out, ")");
    return out.text;
}

char *pgschema_return_type(const void *ctx, const char *text, const char *schema)
{
    const char *prefix = mem_printf(ctx, "%s.", schema), *inside = skip_text(text, "TABLE(");
    if (inside != NULL && text_ends(text, ")"))
        return clean_columns(ctx, mem_strndup(ctx, inside, strlen(inside) - 1), prefix);
    const char *element = skip_text(text, "SETOF ");
    if (element == NULL)
        return clean_result(ctx, text, prefix);
    const char *own = skip_text(element, prefix);
    return mem_printf(ctx, "SETOF %s", own != NULL ? own : element);
}
