/* sql/words.c: see words.h. */
#include "sql/words.h"

#include <string.h>

Words words_of(const void *ctx, const char *statement, size_t len)
{
    Words w = {0};
    Lexer lexer = {0};
    const char *end = statement + len;
    for (const char *p = statement; p < end;) {
        int before = lexer.parens;
        LexToken t = lex_next(&lexer, p, end, true);
        if (t.kind == LEX_END || t.len == 0)
            break;
        if (t.kind != LEX_SPACE)
            list_push(ctx, &w.list, (Word){.token = t, .depth = before < lexer.parens ? before : lexer.parens});
        p = t.p + t.len;
    }
    w.end = w.list.n;
    return w;
}

static bool is(const Words *w, size_t i, View wanted)
{
    SCRATCH void *scratch = mem_scratch();
    return i < w->end && view_is_nocase((View){w->list.v[i].token.p, w->list.v[i].token.len},
                                        mem_strndup(scratch, wanted.p, wanted.len));
}

/* How many words of `text` come at `i`: all of them, or 0. */
static size_t match(const Words *w, size_t i, const char *text)
{
    size_t n = 0;
    for (const char *p = text; *p != '\0'; n++) {
        size_t len = strcspn(p, " ");
        if (!is(w, i + n, (View){p, len}))
            return 0;
        p += len + (p[len] == ' ');
    }
    return n;
}

bool words_next(const Words *w, const char *text)
{
    return match(w, w->at, text) > 0;
}

bool words_accept(Words *w, const char *text)
{
    size_t n = match(w, w->at, text);
    w->at += n;
    return n > 0;
}

bool words_find(Words *w, const char *text)
{
    int depth = w->at < w->end ? w->list.v[w->at].depth : 0;
    for (size_t i = w->at; i < w->end; i++) {
        size_t n = w->list.v[i].depth == depth ? match(w, i, text) : 0;
        if (n == 0)
            continue;
        w->at = i + n;
        return true;
    }
    return false;
}

char *words_between(const void *ctx, const Words *w, size_t from, size_t to)
{
    if (from >= to)
        return mem_strdup(ctx, "");
    const char *begin = w->list.v[from].token.p;
    const LexToken *last = &w->list.v[to - 1].token;
    return mem_strndup(ctx, begin, (size_t)(last->p + last->len - begin));
}

static bool is_name(const Words *w, size_t i)
{
    return i < w->end && (w->list.v[i].token.kind == LEX_WORD || w->list.v[i].token.kind == LEX_IDENT);
}

char *words_name(const void *ctx, Words *w)
{
    size_t from = w->at;
    if (!is_name(w, from))
        return NULL;
    w->at++;
    while (words_next(w, ".") && is_name(w, w->at + 1))
        w->at += 2;
    return words_between(ctx, w, from, w->at);
}

bool words_group(Words *w, Words *inside)
{
    if (!words_next(w, "("))
        return false;
    int depth = w->list.v[w->at].depth;
    size_t close = w->at + 1;
    while (close < w->end && w->list.v[close].depth > depth)
        close++;
    *inside = *w;
    inside->at = w->at + 1;
    inside->end = close;
    w->at = close < w->end ? close + 1 : close;
    return true;
}

bool words_part(Words *w, Words *part)
{
    if (w->at >= w->end)
        return false;
    int depth = w->list.v[w->at].depth;
    size_t i = w->at;
    while (i < w->end && !(w->list.v[i].depth == depth && is(w, i, view_of(","))))
        i++;
    *part = *w;
    part->end = i;
    w->at = i < w->end ? i + 1 : i;
    return true;
}

char *words_rest(const void *ctx, const Words *w)
{
    return words_between(ctx, w, w->at, w->end);
}
