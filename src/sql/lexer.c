/* sql/lexer.c: see lexer.h. */
#include "sql/lexer.h"

#include <string.h>

/* Classes of bytes. Every byte above 127 is a letter, as in the server's scanner. */
enum { C_SPACE = 1, C_WORD_START = 2, C_WORD = 4, C_DIGIT = 8, C_VARIABLE = 16 };

static const unsigned char classes[256] = {
    ['\t'] = C_SPACE, ['\n'] = C_SPACE, ['\v'] = C_SPACE, ['\f'] = C_SPACE, ['\r'] = C_SPACE, [' '] = C_SPACE,
    ['0' ... '9'] = C_WORD | C_DIGIT | C_VARIABLE,
    ['$'] = C_WORD,
    ['A' ... 'Z'] = C_WORD_START | C_WORD | C_VARIABLE,
    ['a' ... 'z'] = C_WORD_START | C_WORD | C_VARIABLE,
    ['_'] = C_WORD_START | C_WORD | C_VARIABLE,
    [0x80 ... 0xFF] = C_WORD_START | C_WORD | C_VARIABLE,
};

static bool is(char c, int class)
{
    return (classes[(unsigned char)c] & class) != 0;
}

static LexToken token(LexKind kind, const char *p, const char *end)
{
    return (LexToken){.kind = kind, .p = p, .len = (size_t)(end - p)};
}

/* What a token cut off by `end` is. */
static LexToken cut_off(const char *p, const char *end, bool last)
{
    return token(last ? LEX_UNTERMINATED : LEX_MORE, p, end);
}

static LexToken lex_space(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && is(*q, C_SPACE))
        q++;
    return token(LEX_SPACE, p, q);
}

/* The end of the line that `p` stands in: \n, or \r alone; NULL when it is not there. */
static const char *line_end(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    const char *cr = memchr(p, '\r', (size_t)((newline != NULL ? newline : end) - p));
    return cr != NULL ? cr : newline;
}

static LexToken lex_line_comment(const char *p, const char *end, bool last)
{
    const char *newline = line_end(p, end);
    if (newline != NULL)
        return token(LEX_SPACE, p, newline);
    return token(last ? LEX_SPACE : LEX_MORE, p, end);
}

/* Comments nest. */
static LexToken lex_block_comment(const char *p, const char *end, bool last)
{
    int depth = 0;
    for (const char *q = p; q + 1 < end; q++) {
        if (q[0] == '/' && q[1] == '*') {
            depth++;
            q++;
        } else if (q[0] == '*' && q[1] == '/') {
            q++;
            if (--depth == 0)
                return token(LEX_SPACE, p, q + 1);
        }
    }
    return cut_off(p, end, last);
}

/* From behind the opening quote to behind the closing one; NULL when it is cut off. A doubled quote stands for itself. */
static const char *quoted_end(const char *q, const char *end, char quote, bool escapes, bool last)
{
    while (q < end) {
        if (!escapes) {
            q = memchr(q, quote, (size_t)(end - q));
            if (q == NULL)
                return NULL;
        }
        if (*q == quote) {
            if (q + 1 == end)
                return last ? q + 1 : NULL;
            if (q[1] != quote)
                return q + 1;
            q++;
        } else if (escapes && *q == '\\') {
            q++;
        }
        q++;
    }
    return NULL;
}

/* A string goes on behind blanks and -- comments that hold a newline, with the rules of its beginning. *more: cannot be
 * told yet. */
static const char *continuation(const char *q, const char *end, bool last, bool *more)
{
    bool newline = false;
    for (;;) {
        for (; q < end && is(*q, C_SPACE); q++)
            newline = newline || *q == '\n' || *q == '\r';
        if (q + 1 >= end || q[0] != '-' || q[1] != '-')
            break;
        const char *behind = line_end(q, end);
        q = behind != NULL ? behind : end;
    }
    *more = !last && (q == end || (q + 1 == end && *q == '-'));
    return q < end && newline && *q == '\'' ? q : NULL;
}

/* `open` is the opening quote. */
static LexToken lex_string(const char *p, const char *open, const char *end, bool escapes, bool last)
{
    const char *q = quoted_end(open + 1, end, '\'', escapes, last);
    while (q != NULL && escapes) { /* without escapes the next part is lexed as a string of its own, to the same end */
        bool more = false;
        const char *next = continuation(q, end, last, &more);
        if (more)
            return token(LEX_MORE, p, end);
        if (next == NULL)
            break;
        q = quoted_end(next + 1, end, '\'', true, last);
    }
    return q == NULL ? cut_off(p, end, last) : token(LEX_STRING, p, q);
}

static LexToken lex_quoted_ident(const char *p, const char *open, const char *end, bool last)
{
    const char *q = quoted_end(open + 1, end, '"', false, last);
    return q == NULL ? cut_off(p, end, last) : token(LEX_IDENT, p, q);
}

/* $tag$ … $tag$. A dollar that begins no such thing is an operator or a parameter. */
static LexToken lex_dollar(const char *p, const char *end, bool last)
{
    const char *q = p + 1;
    while (q < end && is(*q, C_WORD) && *q != '$' && !(q == p + 1 && is(*q, C_DIGIT)))
        q++;
    if (q == end)
        return token(last ? LEX_OTHER : LEX_MORE, p, last ? p + 1 : end);
    if (*q != '$')
        return token(LEX_OTHER, p, p + 1);
    size_t tag = (size_t)(q + 1 - p);
    const char *close = memmem(q + 1, (size_t)(end - q - 1), p, tag);
    return close == NULL ? cut_off(p, end, last) : token(LEX_STRING, p, close + tag);
}

static bool word_is(const char *p, size_t len, const char *word)
{
    return view_is_nocase((View){p, len}, word);
}

/* The words by which psql tells that a statement makes a function, whose body may be BEGIN ATOMIC … END. */
static void track_shape(Lexer *lx, const char *p, size_t len)
{
    static const char *const telling[] = {"create", "or", "replace", "function", "procedure"};
    if (lx->words == (int)sizeof lx->shape)
        return;
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        if (word_is(p, len, telling[i]))
            lx->shape[lx->words] = telling[i][0];
    lx->words++;
}

static bool makes_function(const Lexer *lx)
{
    const char *s = lx->shape;
    bool replaced = s[1] == 'o' && s[2] == 'r';
    char what = replaced ? s[3] : s[1];
    return s[0] == 'c' && (what == 'f' || what == 'p');
}

static void track_body(Lexer *lx, const char *p, size_t len)
{
    if (lx->parens > 0 || !makes_function(lx))
        return;
    if (word_is(p, len, "begin") || (lx->begins > 0 && word_is(p, len, "case")))
        lx->begins++;
    else if (lx->begins > 0 && word_is(p, len, "end"))
        lx->begins--;
}

/* E'…', B'…', X'…', N'…', U&'…', U&"…": a letter that belongs to the quote behind it. */
static const char *prefixed_quote(const char *p, const char *end, bool *escapes)
{
    bool unicode = (*p == 'u' || *p == 'U') && p + 2 < end && p[1] == '&' && (p[2] == '\'' || p[2] == '"');
    *escapes = *p == 'e' || *p == 'E';
    if (unicode)
        return p + 2;
    return memchr("eEbBxXnN", *p, 8) != NULL && p + 1 < end && p[1] == '\'' ? p + 1 : NULL;
}

static LexToken lex_word(Lexer *lx, const char *p, const char *end, bool last)
{
    if (end - p < 3 && !last)
        return token(LEX_MORE, p, end);
    bool escapes;
    const char *open = prefixed_quote(p, end, &escapes);
    if (open != NULL && *open == '"')
        return lex_quoted_ident(p, open, end, last);
    if (open != NULL)
        return lex_string(p, open, end, escapes || (lx->backslash_escapes && (*p == 'n' || *p == 'N')), last);
    const char *q = p + 1;
    while (q < end && is(*q, C_WORD))
        q++;
    if (q == end && !last)
        return token(LEX_MORE, p, end);
    track_shape(lx, p, (size_t)(q - p));
    track_body(lx, p, (size_t)(q - p));
    return token(LEX_WORD, p, q);
}

static LexToken lex_number(const char *p, const char *end, bool last)
{
    const char *q = p + 1;
    while (q < end && (is(*q, C_VARIABLE) || *q == '.')) /* no $, which may open a string */
        q++;
    return token(q == end && !last ? LEX_MORE : LEX_NUMBER, p, q);
}

/* :'name' and :"name" must close, or the colon stands for itself. */
static LexToken lex_quoted_variable(const char *p, const char *end, bool last)
{
    const char *q = p + 2;
    while (q < end && is(*q, C_VARIABLE))
        q++;
    if (q == end && !last)
        return token(LEX_MORE, p, end);
    if (q == end || *q != p[1] || q == p + 2)
        return token(LEX_OTHER, p, p + 1);
    return token(p[1] == '\'' ? LEX_VARIABLE_LITERAL : LEX_VARIABLE_IDENT, p, q + 1);
}

static LexToken lex_colon(const char *p, const char *end, bool last)
{
    if (end - p < 4 && !last)
        return token(LEX_MORE, p, end);
    if (p + 1 == end)
        return token(LEX_OTHER, p, end);
    if (p[1] == ':' || p[1] == '=')
        return token(LEX_OTHER, p, p + 2);
    if (p[1] == '\'' || p[1] == '"')
        return lex_quoted_variable(p, end, last);
    bool test = p[1] == '{' && p + 2 < end && p[2] == '?';
    const char *name = test ? p + 3 : p + 1, *q = name;
    while (q < end && is(*q, C_VARIABLE))
        q++;
    if (q == end && !last)
        return token(LEX_MORE, p, end);
    if (test)
        return q < end && *q == '}' && q > name ? token(LEX_VARIABLE_TEST, p, q + 1) : token(LEX_OTHER, p, p + 1);
    return q > name ? token(LEX_VARIABLE, p, q) : token(LEX_OTHER, p, p + 1);
}

/* Does a semicolon here end the statement, and not one within it (of a rule, of a function's body)? */
static bool ends_statement(const Lexer *lx)
{
    return lx->parens == 0 && lx->begins == 0;
}

static LexToken lex_punctuation(Lexer *lx, const char *p)
{
    if (*p == '(')
        lx->parens++;
    else if (*p == ')' && lx->parens > 0)
        lx->parens--;
    return token(*p == ';' && ends_statement(lx) ? LEX_SEMICOLON : LEX_OTHER, p, p + 1);
}

static LexToken lex_backslash(const Lexer *lx, const char *p, char next)
{
    if (next == ';')
        return token(ends_statement(lx) ? LEX_SEMICOLON : LEX_ESCAPED, p, p + 2);
    return next == ':' ? token(LEX_ESCAPED, p, p + 2) : token(LEX_BACKSLASH, p, p + 1);
}

LexToken lex_next(Lexer *lx, const char *p, const char *end, bool last)
{
    if (p == end)
        return token(last ? LEX_END : LEX_MORE, p, end);
    char next = p + 1 < end ? p[1] : '\0';
    if (p + 1 == end && !last && strchr("-/\\$:", *p) != NULL)
        return token(LEX_MORE, p, end);
    if (is(*p, C_SPACE))
        return lex_space(p, end);
    if (is(*p, C_WORD_START))
        return lex_word(lx, p, end, last);
    if (*p == '-' && next == '-')
        return lex_line_comment(p, end, last);
    if (*p == '/' && next == '*')
        return lex_block_comment(p, end, last);
    if (*p == '\'')
        return lex_string(p, p, end, lx->backslash_escapes, last);
    if (*p == '"')
        return lex_quoted_ident(p, p, end, last);
    if (*p == '$')
        return lex_dollar(p, end, last);
    if (is(*p, C_DIGIT))
        return lex_number(p, end, last);
    if (*p == ':')
        return lex_colon(p, end, last);
    if (*p == '\\')
        return lex_backslash(lx, p, next);
    return lex_punctuation(lx, p);
}

LexToken lex_server(const char *p, const char *end)
{
    if (p < end && (*p == ':' || *p == '\\'))
        return token(LEX_OTHER, p, p + 1);
    Lexer statement = {0};
    return lex_next(&statement, p, end, true);
}

View lex_variable_name(LexToken t)
{
    size_t before = t.kind == LEX_VARIABLE ? 1 : t.kind == LEX_VARIABLE_TEST ? 3 : 2;
    size_t after = t.kind == LEX_VARIABLE ? 0 : 1;
    return (View){t.p + before, t.len - before - after};
}

bool lex_is_variable_name(View name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is(name.p[i], C_VARIABLE))
            return false;
    return name.len > 0;
}
