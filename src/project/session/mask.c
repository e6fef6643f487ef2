/* project/session/mask.c: see mask.h. */
#include "project/session/mask.h"

#include "sql/lexer.h"

#include <string.h>

/* How many bytes the opening delimiter of a quote takes: E', $tag$, ". */
static size_t opening(LexToken t)
{
    if (*t.p == '$')
        return (size_t)((const char *)memchr(t.p + 1, '$', t.len - 1) + 1 - t.p);
    size_t n = 0;
    while (t.p[n] != '\'' && t.p[n] != '"')
        n++;
    return n + 1;
}

static bool is_comment(LexToken t)
{
    return t.len >= 2 && (memcmp(t.p, "--", 2) == 0 || memcmp(t.p, "/*", 2) == 0);
}

/* How many bytes at the beginning and at the end of a token are SQL. */
static void visible(LexToken t, size_t *head, size_t *tail)
{
    bool quote = t.kind == LEX_STRING || t.kind == LEX_IDENT;
    *head = t.len;
    *tail = 0;
    if (is_comment(t))
        *head = 0;
    else if (quote || t.kind == LEX_UNTERMINATED)
        *head = opening(t);
    if (quote)
        *tail = *t.p == '$' ? *head : 1;
}

static char *copy_of(const void *ctx, View text)
{
    char *copy = mem_bytes(ctx, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.p, text.len);
    copy[text.len] = '\0';
    return copy;
}

char *mask_make(const void *ctx, View text, MaskCommentList *comments)
{
    char *mask = copy_of(ctx, text);
    const char *end = text.p + text.len;
    LexToken t;
    for (const char *p = text.p; p < end; p += t.len) {
        t = lex_server(p, end);
        size_t head, tail, at = (size_t)(p - text.p);
        visible(t, &head, &tail);
        memset(mask + at + head, ' ', t.len - head - tail);
        if (comments != NULL && t.kind == LEX_SPACE && *p == '/')
            list_push(ctx, comments, (MaskComment){at, at + t.len});
    }
    return mask;
}
