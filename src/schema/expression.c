/* schema/expression.c: see expression.h. Source: transformTypeCast() of the server's parser, which gives the type of a cast to
 * the elements of an ARRAY[…] that stands right within it. */
#include "schema/expression.h"

#include "base/list.h"
#include "sql/lexer.h"

#include <string.h>

typedef LIST(LexToken) TokenList;

static void read_tokens(const void *ctx, const char *sql, TokenList *tokens)
{
    Lexer lexer = {0};
    const char *end = sql + strlen(sql);
    for (const char *p = sql;;) {
        LexToken t = lex_next(&lexer, p, end, true);
        if (t.kind == LEX_END || t.kind == LEX_UNTERMINATED || t.len == 0)
            return;
        if (t.kind != LEX_SPACE)
            list_push(ctx, tokens, t);
        p = t.p + t.len;
    }
}

static bool is(const TokenList *t, size_t i, const char *text)
{
    return i < t->n && t->v[i].len == strlen(text) && memcmp(t->v[i].p, text, t->v[i].len) == 0;
}

static bool is_word(const TokenList *t, size_t i, const char *word)
{
    return i < t->n && t->v[i].kind == LEX_WORD && view_is((View){t->v[i].p, t->v[i].len}, word);
}

/* Index of the bracket that closes the one at `open`. */
static size_t closing(const TokenList *t, size_t open)
{
    int depth = 0;
    for (size_t i = open; i < t->n; i++) {
        if (is(t, i, "[") || is(t, i, "("))
            depth++;
        else if ((is(t, i, "]") || is(t, i, ")")) && --depth == 0)
            return i;
    }
    return t->n;
}

/* The span of the cast at the end of the first element, without "::"; empty when it has none. */
static View element_type(const TokenList *t, size_t open, size_t close)
{
    size_t cast = 0, i = open + 1;
    for (int depth = 0; i < close; i++) {
        if (is(t, i, "[") || is(t, i, "("))
            depth++;
        else if (is(t, i, "]") || is(t, i, ")"))
            depth--;
        else if (depth == 0 && is(t, i, ","))
            break;
        else if (depth == 0 && is(t, i, "::"))
            cast = i + 1;
    }
    if (cast == 0 || cast >= i)
        return (View){0};
    const LexToken *last = &t->v[i - 1];
    return (View){t->v[cast].p, (size_t)(last->p + last->len - t->v[cast].p)};
}

const char *expression_stable(const void *ctx, const char *sql)
{
    const char *array = strstr(sql, "(ARRAY[");
    if (array == NULL || strstr(array, "])::") == NULL)
        return sql;
    SCRATCH void *scratch = mem_scratch();
    TokenList t = {0};
    read_tokens(scratch, sql, &t);
    Str out = str_new(ctx);
    const char *copied = sql;
    for (size_t i = 0; i + 2 < t.n; i++) {
        if (!is(&t, i, "(") || !is_word(&t, i + 1, "ARRAY") || !is(&t, i + 2, "["))
            continue;
        size_t close = closing(&t, i + 2);
        if (!is(&t, close + 1, ")") || !is(&t, close + 2, "::"))
            continue;
        View type = element_type(&t, i + 2, close);
        if (type.len == 0)
            continue;
        const char *behind = t.v[close].p + 1;
        str_add_n(&out, copied, (size_t)(behind - copied));
        str_addf(&out, "::%.*s[]", (int)type.len, type.p);
        copied = behind;
    }
    str_add(&out, copied);
    return out.text;
}
