/* schema/expression.c: see expression.h. Sources: transformTypeCast() of the server's parser, which gives the type of a cast to
 * the elements of an ARRAY[…] that stands right within it; FigureColname(), which names a column after the type of a cast, and
 * get_target_list() (ruleutils.c), which leaves "?column?" out; get_func_sql_syntax(), which in some releases
 * does not quote what EXTRACT() asks for. */
#include "schema/expression.h"

#include "base/list.h"
#include "sql/lexer.h"

#include <stdlib.h>
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

/* ---- what is put in ---- */

typedef struct Insertion {
    const char *at, *text;
    size_t instead_of; /* bytes that are left out there */
} Insertion;

typedef struct Insertions {
    const void *ctx;
    TokenList tokens;
    LIST(Insertion) list;
} Insertions;

static void insert(Insertions *in, const char *at, const char *text)
{
    list_push(in->ctx, &in->list, (Insertion){at, text, 0});
}

static void insert_behind(Insertions *in, size_t token, const char *text)
{
    const LexToken *t = &in->tokens.v[token];
    insert(in, t->p + t->len, text);
}

/* ---- arrays ---- */

static void type_array(Insertions *in, size_t i)
{
    const TokenList *t = &in->tokens;
    if (!is(t, i, "(") || !is_word(t, i + 1, "ARRAY") || !is(t, i + 2, "["))
        return;
    size_t close = closing(t, i + 2);
    if (!is(t, close + 1, ")") || !is(t, close + 2, "::"))
        return;
    View type = element_type(t, i + 2, close);
    if (type.len > 0)
        insert_behind(in, close, mem_printf(in->ctx, "::%.*s[]", (int)type.len, type.p));
}

/* ---- constants without a name ---- */

/* Does the list of a SELECT end here? */
static bool ends_list(const TokenList *t, size_t i)
{
    static const char *const words[] = {"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT",
                                        "OFFSET", "FETCH", "FOR", "RETURNING", "ON", "WITH"};
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

static void name_constants(Insertions *in, size_t select)
{
    const TokenList *t = &in->tokens;
    if (!is_word(t, select, "SELECT"))
        return;
    size_t from = select + 1 + is_word(t, select + 1, "DISTINCT");
    if (is_word(t, from, "ON"))
        from = closing(t, from + 1) + 1;
    for (size_t to; from < t->n; from = to + 1) {
        to = item_end(t, from);
        if (is_nameless_constant(t, from, to))
            insert_behind(in, to - 1, " AS \"?column?\"");
        if (!is(t, to, ","))
            return;
    }
}

/* ---- fields ---- */

static bool has_capitals(View word)
{
    size_t i = 0;
    while (i < word.len && (word.p[i] < 'A' || word.p[i] > 'Z'))
        i++;
    return i < word.len;
}

static void quote_field(Insertions *in, size_t i)
{
    const TokenList *t = &in->tokens;
    if (!is_word(t, i, "EXTRACT") || !is(t, i + 1, "(") || !is_word(t, i + 3, "FROM") || t->v[i + 2].kind != LEX_WORD ||
        !has_capitals((View){t->v[i + 2].p, t->v[i + 2].len}))
        return;
    insert(in, t->v[i + 2].p, "\"");
    insert_behind(in, i + 2, "\"");
}

/* ---- marks of cycles ---- */

/* Where the grammar has constants it has no casts: 'Y'::text becomes text 'Y'. */
static void put_type_first(Insertions *in, size_t constant, const char *end)
{
    const TokenList *t = &in->tokens;
    if (constant + 2 >= t->n || t->v[constant].kind != LEX_STRING || !is(t, constant + 1, "::"))
        return;
    const char *cast = t->v[constant + 1].p, *type = t->v[constant + 2].p;
    View name = view_trim((View){type, (size_t)(end - type)});
    insert(in, t->v[constant].p, mem_printf(in->ctx, "%.*s ", (int)name.len, name.p));
    list_push(in->ctx, &in->list, (Insertion){cast, "", (size_t)(name.p + name.len - cast)});
}

static void rewrite_marks(Insertions *in, size_t to)
{
    const TokenList *t = &in->tokens;
    if (to < 2 || !is_word(t, to, "TO") || !is_word(t, to - 2, "SET"))
        return;
    size_t otherwise = to + 1, end;
    while (otherwise < t->n && !is_word(t, otherwise, "DEFAULT"))
        otherwise++;
    for (end = otherwise; end < t->n && !is_word(t, end, "USING");)
        end++;
    if (end == t->n)
        return;
    put_type_first(in, to + 1, t->v[otherwise].p);
    put_type_first(in, otherwise + 1, t->v[end].p);
}

/* ---- all ---- */

static int by_place(const void *a, const void *b)
{
    const char *x = ((const Insertion *)a)->at, *y = ((const Insertion *)b)->at;
    return x < y ? -1 : x > y;
}

static const char *put_in(const void *ctx, const char *sql, Insertions *in)
{
    Str out = str_new(ctx);
    const char *copied = sql;
    qsort(in->list.v, in->list.n, sizeof *in->list.v, by_place);
    for (size_t i = 0; i < in->list.n; i++) {
        const Insertion *insertion = &in->list.v[i];
        str_add_n(&out, copied, (size_t)(insertion->at - copied));
        str_add(&out, insertion->text);
        copied = insertion->at + insertion->instead_of;
    }
    str_add(&out, copied);
    return out.text;
}

const char *expression_stable(const void *ctx, const char *sql)
{
    if (strstr(sql, "(ARRAY[") == NULL && strstr(sql, "SELECT ") == NULL && strstr(sql, "EXTRACT(") == NULL)
        return sql;
    SCRATCH void *scratch = mem_scratch();
    Insertions in = {.ctx = scratch};
    read_tokens(scratch, sql, &in.tokens);
    for (size_t i = 0; i < in.tokens.n; i++) {
        type_array(&in, i);
        name_constants(&in, i);
        quote_field(&in, i);
        rewrite_marks(&in, i);
    }
    return in.list.n == 0 ? sql : put_in(ctx, sql, &in);
}
