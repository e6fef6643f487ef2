/* schema/expression.c: see expression.h. Sources: transformTypeCast() of the server's parser, which gives the type of a cast to
 * the elements of an ARRAY[…] that stands right within it; FigureColname(), which names a column after the type of a cast, and
 * get_target_list() (ruleutils.c), which leaves "?column?" out. */
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

static const char *type_arrays(const void *ctx, const char *sql)
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

/* Does the list of a SELECT end here? */
static bool ends_list(const TokenList *t, size_t i)
{
    static const char *const words[] = {"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT",
                                        "OFFSET", "FETCH", "FOR"};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        if (is_word(t, i, words[w]))
            return !is_word(t, i - 1, "WITHIN");
    return is(t, i, ";");
}

/* Index behind the item of a list that begins at `i`. */
static size_t item_end(const TokenList *t, size_t i)
{
    for (int depth = 0; i < t->n; i++) {
        if (is(t, i, "[") || is(t, i, "("))
            depth++;
        else if (is(t, i, "]") || is(t, i, ")"))
            depth--;
        if (depth < 0 || (depth == 0 && (is(t, i, ",") || ends_list(t, i))))
            return i;
    }
    return t->n;
}

static bool has_word(const TokenList *t, size_t from, size_t to, const char *word)
{
    while (from < to && !is_word(t, from, word))
        from++;
    return from < to;
}

/* 'x'::text or ('x'::text COLLATE "C"), without a name. */
static bool is_nameless_constant(const TokenList *t, size_t from, size_t to)
{
    size_t first = from + is(t, from, "(");
    bool is_cast = first + 1 < to && (t->v[first].kind == LEX_STRING || is_word(t, first, "NULL")) && is(t, first + 1, "::");
    bool is_whole = first == from || (closing(t, from) == to - 1 && has_word(t, first, to, "COLLATE"));
    return is_cast && is_whole && !is_word(t, to - 2, "AS");
}

/* Marks the last token of each such item in the list behind the SELECT at `at`. */
static void mark_nameless(const TokenList *t, size_t at, bool *marks)
{
    size_t from = at + 1 + is_word(t, at + 1, "DISTINCT");
    if (is_word(t, from, "ON"))
        from = closing(t, from + 1) + 1;
    for (size_t to; from < t->n; from = to + 1) {
        to = item_end(t, from);
        if (is_nameless_constant(t, from, to))
            marks[to - 1] = true;
        if (!is(t, to, ","))
            return;
    }
}

static const char *name_constants(const void *ctx, const char *sql)
{
    const char *select = strstr(sql, "SELECT ");
    if (select == NULL || strstr(select, "::") == NULL)
        return sql;
    SCRATCH void *scratch = mem_scratch();
    TokenList t = {0};
    read_tokens(scratch, sql, &t);
    bool *marks = mem_array(scratch, bool, t.n + 1);
    for (size_t i = 0; i < t.n; i++)
        if (is_word(&t, i, "SELECT"))
            mark_nameless(&t, i, marks);
    Str out = str_new(ctx);
    const char *copied = sql;
    for (size_t i = 0; i < t.n; i++) {
        if (!marks[i])
            continue;
        const char *behind = t.v[i].p + t.v[i].len;
        str_add_n(&out, copied, (size_t)(behind - copied));
        str_add(&out, " AS \"?column?\"");
        copied = behind;
    }
    str_add(&out, copied);
    return out.text;
}

const char *expression_stable(const void *ctx, const char *sql)
{
    return name_constants(ctx, type_arrays(ctx, sql));
}
