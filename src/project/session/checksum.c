/* project/session/checksum.c: see checksum.h.
 *
 * The text is walked once. What is between quotes is told from comments and from the rest by rules of its own, which are not
 * quite the server's (a $ opens a dollar quote also within a name) and must stay as they are. */
#include "project/session/checksum.h"

#include <string.h>

/* Takes the stretches of the text and gives them on, white space made even. */
typedef struct Writer {
    Str *text;      /* this or that is given */
    Digest *digest;
    bool begun;     /* something else than white space has come */
    bool blank;     /* and then white space */
    size_t n;
    char buffer[4096];
} Writer;

static void flush(Writer *w)
{
    if (w->text != NULL)
        str_add_n(w->text, w->buffer, w->n);
    else
        digest_add(w->digest, w->buffer, w->n);
    w->n = 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static void write_char(Writer *w, char c)
{
    if (w->n == sizeof w->buffer)
        flush(w);
    w->buffer[w->n++] = c;
}

static void write_stretch(Writer *w, const char *p, const char *end, bool fold)
{
    while (p < end) {
        size_t white = *p > ' ' ? 0 : utf8_white(p, (size_t)(end - p));
        if (white > 0) {
            w->blank = w->begun;
            p += white;
            continue;
        }
        if (w->blank)
            write_char(w, ' ');
        w->blank = false;
        w->begun = true;
        write_char(w, fold ? lower(*p) : *p);
        p++;
    }
}

typedef enum Kind { SQL, COMMENT, QUOTED } Kind;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool in_identifier(char c)
{
    return is_letter(c) || is_digit(c) || c == '$' || (unsigned char)c >= 0x80;
}

static const char *line_comment(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    return newline == NULL ? end : newline;
}

static const char *block_comment(const char *p, const char *end)
{
    int depth = 1;
    for (p += 2; p < end && depth > 0;) {
        bool opens = p + 1 < end && p[0] == '/' && p[1] == '*';
        bool closes = p + 1 < end && p[0] == '*' && p[1] == '/';
        depth += opens - closes;
        p += opens || closes ? 2 : 1;
    }
    return p;
}

/* Is the quote at `p` that of E'…'? */
static bool is_escape_string(const char *begin, const char *p)
{
    return p > begin && lower(p[-1]) == 'e' && (p - 1 == begin || !in_identifier(p[-2]));
}

static const char *quote(const char *p, const char *end, bool escapes)
{
    const char delimiter = *p++;
    while (p < end) {
        bool ends = *p == delimiter, has_next = p + 1 < end;
        bool is_pair = has_next && (ends ? p[1] == delimiter : escapes && *p == '\\');
        if (ends && !is_pair)
            return p + 1;
        p += is_pair ? 2 : 1;
    }
    return end;
}

/* Behind the dollar quote that begins at `p`; NULL if none does. */
static const char *dollar_quote(const char *p, const char *end)
{
    const char *tag = p + 1;
    while (tag < end && (is_letter(*tag) || (tag > p + 1 && is_digit(*tag))))
        tag++;
    if (tag == end || *tag != '$')
        return NULL;
    size_t len = (size_t)(tag + 1 - p);
    const char *close = memmem(p + len, (size_t)(end - p) - len, p, len);
    return close == NULL ? end : close + len;
}

static bool opens_something(char c)
{
    return c == '-' || c == '/' || c == '\'' || c == '"' || c == '$';
}

/* The stretch of one kind that begins at `p`: where it ends. */
static const char *stretch(const char *begin, const char *p, const char *end, Kind *kind)
{
    const char next = p + 1 < end ? p[1] : '\0';
    *kind = COMMENT;
    if (*p == '-' && next == '-')
        return line_comment(p, end);
    if (*p == '/' && next == '*')
        return block_comment(p, end);
    *kind = QUOTED;
    if (*p == '\'' || *p == '"')
        return quote(p, end, *p == '\'' && is_escape_string(begin, p));
    const char *behind = *p == '$' ? dollar_quote(p, end) : NULL;
    if (behind != NULL)
        return behind;
    *kind = SQL;
    for (p++; p < end && !opens_something(*p); p++)
        ;
    return p;
}

static void normalise(View text, Writer *w)
{
    const char *end = text.p + text.len;
    Kind kind;
    for (const char *p = text.p, *behind; p < end; p = behind) {
        behind = stretch(text.p, p, end, &kind);
        if (kind == COMMENT)
            w->blank = w->begun;
        else
            write_stretch(w, p, behind, kind == SQL);
    }
    flush(w);
}

void checksum_normalise(View text, Str *out)
{
    normalise(text, &(Writer){.text = out});
}

void checksum_normalised(View text, char hex[DIGEST_HEX_MAX])
{
    SCRATCH void *scratch = mem_scratch();
    Writer w = {.digest = digest_new(scratch, DIGEST_SHA256)};
    normalise(text, &w);
    digest_hex(w.digest, hex);
}
