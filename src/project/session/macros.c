/* project/session/macros.c: see macros.h. */
#include "project/session/macros.h"

#include "sql/lexer.h"

#include <string.h>

/* A walk over the tokens that matter. */
typedef struct Cursor {
    const char *end;
    LexToken token;
} Cursor;

static void next(Cursor *c)
{
    do
        c->token = lex_server(c->token.p + c->token.len, c->end);
    while (c->token.kind == LEX_SPACE);
}

static bool accept_word(Cursor *c, const char *word)
{
    bool found = c->token.kind == LEX_WORD && view_is_nocase((View){c->token.p, c->token.len}, word);
    if (found)
        next(c);
    return found;
}

static bool accept_char(Cursor *c, char wanted)
{
    bool found = (c->token.kind == LEX_OTHER || c->token.kind == LEX_SEMICOLON) && *c->token.p == wanted;
    if (found)
        next(c);
    return found;
}

/* 'text'; '' is as good as NULL. */
static bool accept_string(const void *ctx, Cursor *c, const char **value)
{
    LexToken t = c->token;
    if (t.kind != LEX_STRING || *t.p != '\'')
        return false;
    Str text = str_new(ctx);
    for (const char *p = t.p + 1; p < t.p + t.len - 1; p++) {
        str_add_char(&text, *p);
        p += *p == '\'';
    }
    *value = text.len > 0 ? text.text : NULL;
    next(c);
    return true;
}

/* CALL [pg_temp.] pgmi_test ( [pattern | NULL] [, callback] ) [;] */
static bool read_call(const void *ctx, Cursor *c, Macro *macro)
{
    if (!accept_word(c, "call"))
        return false;
    if (accept_word(c, "pg_temp") && !accept_char(c, '.'))
        return false;
    if ((!accept_word(c, "pgmi_test") && !accept_word(c, "pgwright_test")) || !accept_char(c, '('))
        return false;
    if (!accept_word(c, "null"))
        accept_string(ctx, c, &macro->pattern);
    if (accept_char(c, ',') && !accept_string(ctx, c, &macro->callback))
        return false;
    return c->token.kind == LEX_OTHER && *c->token.p == ')';
}

/* From CALL on: the call, and where it ends. */
static bool read_macro(const void *ctx, const char *script, Cursor *c, Macro *macro)
{
    *macro = (Macro){.from = (size_t)(c->token.p - script)};
    if (!read_call(ctx, c, macro))
        return false;
    const char *to = c->token.p + c->token.len;
    next(c);
    if (c->token.kind == LEX_SEMICOLON)
        to = c->token.p + c->token.len;
    macro->to = (size_t)(to - script);
    return true;
}

static bool is_name(View name)
{
    enum { NAME_MAX_BYTES = 63, DIGITS = 10 };
    static const char bytes[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    if (name.len == 0 || name.len > NAME_MAX_BYTES || memchr(bytes, name.p[0], DIGITS) != NULL)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (memchr(bytes, name.p[i], sizeof bytes - 1) == NULL)
            return false;
    return true;
}

/* name or schema.name: it stands in the statements as it is. */
bool macros_callback_fits(const char *callback)
{
    const char *dot = strchr(callback, '.');
    View name = view_of(dot != NULL ? dot + 1 : callback);
    return is_name(name) && (dot == NULL || is_name((View){callback, (size_t)(dot - callback)}));
}

static bool check_callback(const char *file, View script, const Macro *macro, Error *err)
{
    if (macro->callback == NULL || macros_callback_fits(macro->callback))
        return true;
    error_set(err, ERR_SQL, "\"%s\" cannot be the name of a callback", macro->callback);
    error_place_in(err, file, script, script.p + macro->from);
    error_hint(err, "Write function or schema.function with letters, digits and _, each at most 63 bytes long.");
    return false;
}

/* Lines and columns of all, in one pass. */
static void place(View script, MacroList *macros)
{
    long line = 1, column = 1;
    size_t at = 0;
    for (size_t i = 0; i < macros->n; i++) {
        for (; at < macros->v[i].from; at++) {
            bool newline = script.p[at] == '\n', begins = ((unsigned char)script.p[at] & 0xC0) != 0x80;
            line += newline;
            column = newline ? 1 : column + begins;
        }
        macros->v[i].line = line;
        macros->v[i].column = column;
    }
}

bool macros_find(const void *ctx, const char *file, View script, MacroList *macros, Error *err)
{
    Cursor c = {.end = script.p + script.len, .token = {.p = script.p}};
    bool ok = true;
    next(&c);
    while (c.token.kind != LEX_END) {
        Cursor call = c;
        Macro macro;
        if (read_macro(ctx, script.p, &call, &macro)) {
            ok = check_callback(file, script, &macro, err) && ok;
            list_push(ctx, macros, macro);
            c.token = (LexToken){.p = script.p + macro.to};
        }
        next(&c);
    }
    place(script, macros);
    return ok;
}

typedef LIST(ExpandedPart) PartList;

static void add_part(const void *ctx, PartList *parts, const Str *text, size_t from, const Macro *macro)
{
    list_push(ctx, parts, (ExpandedPart){.at = text->len, .from = from, .macro = macro});
}

void macros_expand(const void *ctx, View script, const MacroList *macros, const TestPlan *plans, Expanded *out)
{
    Str text = str_new(ctx);
    PartList parts = {0};
    size_t from = 0;
    for (size_t i = 0; i < macros->n; i++) {
        const Macro *macro = &macros->v[i];
        add_part(ctx, &parts, &text, from, NULL);
        str_add_n(&text, script.p + from, macro->from - from);
        add_part(ctx, &parts, &text, macro->from, macro);
        tests_write(&plans[i], &text);
        from = macro->to;
    }
    add_part(ctx, &parts, &text, from, NULL);
    str_add_n(&text, script.p + from, script.len - from);
    *out = (Expanded){.text = {text.text, text.len}, .parts = {parts.v, parts.n}};
}

const ExpandedPart *expanded_part(const Expanded *expanded, size_t offset)
{
    size_t low = 0, high = expanded->parts.n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (expanded->parts.v[middle].at <= offset)
            low = middle;
        else
            high = middle;
    }
    return &expanded->parts.v[low];
}

size_t expanded_origin(const Expanded *expanded, size_t offset)
{
    const ExpandedPart *part = expanded_part(expanded, offset);
    return part->macro != NULL ? part->macro->from : part->from + (offset - part->at);
}
