/* base/toml.c: see toml.h. One pass over the bytes. */
#include "base/toml.h"

#include "base/map.h"

#include <string.h>

typedef struct Reader {
    const void *ctx;
    const char *p, *end;
    const char *line_begin;
    long line;
    const char *path;
    const char *table;
    Map *seen; /* "table" and "table\nkey", which no name can hold */
    TomlEntryList *out;
    Error *err;
} Reader;

static char *line_text(const Reader *r)
{
    const char *newline = memchr(r->line_begin, '\n', (size_t)(r->end - r->line_begin));
    size_t n = (size_t)((newline == NULL ? r->end : newline) - r->line_begin);
    if (n > 0 && r->line_begin[n - 1] == '\r')
        n--;
    return mem_strndup(r->ctx, r->line_begin, n);
}

static long column_of(const Reader *r, const char *at)
{
    long column = 1;
    for (const char *p = r->line_begin; p < at;) {
        size_t n = utf8_sequence(p, (size_t)(r->end - p));
        p += n > 0 ? n : 1;
        column++;
    }
    return column;
}

static bool fail(const Reader *r, const char *at, const char *message)
{
    error_set(r->err, ERR_CONFIG, "not valid TOML: %s", message);
    error_place(r->err, r->path, r->line, column_of(r, at), line_text(r));
    return false;
}

bool toml_fault(const TomlEntry *entry, const char *path, Error *err, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, fmt);
    error_set(err, ERR_CONFIG, "%s", mem_vprintf(scratch, fmt, args));
    va_end(args);
    error_place(err, path, entry->line, entry->column, entry->source);
    return false;
}

/* ---- blanks and lines ---- */

static bool at(const Reader *r, char c)
{
    return r->p < r->end && *r->p == c;
}

static void skip_blanks(Reader *r)
{
    while (at(r, ' ') || at(r, '\t'))
        r->p++;
}

/* A comment, if there is one, and the line's end. */
static bool end_line(Reader *r)
{
    skip_blanks(r);
    if (at(r, '#'))
        while (r->p < r->end && *r->p != '\n')
            r->p++;
    if (at(r, '\r') && r->p + 1 < r->end && r->p[1] == '\n')
        r->p++;
    if (r->p == r->end)
        return true;
    if (*r->p != '\n')
        return fail(r, r->p, "nothing but a comment may stand here");
    r->line_begin = ++r->p;
    r->line++;
    return true;
}

/* Blanks, comments and line ends, as they may stand within an array. */
static bool skip_lines(Reader *r)
{
    for (;;) {
        skip_blanks(r);
        if (!at(r, '#') && !at(r, '\r') && !at(r, '\n'))
            return true;
        if (!end_line(r))
            return false;
    }
}

/* ---- strings ---- */

static void add_character(Str *out, unsigned long c)
{
    if (c < 0x80) {
        str_add_char(out, (char)c);
        return;
    }
    int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
    str_add_char(out, (char)(heads[tail] | (c >> (6 * tail))));
    while (tail-- > 0)
        str_add_char(out, (char)(0x80 | ((c >> (6 * tail)) & 0x3F)));
}

static bool read_hex(Reader *r, int digits, Str *out)
{
    static const char hex[] = "0123456789abcdef";
    unsigned long c = 0;
    const char *from = r->p - 2;
    for (int i = 0; i < digits; i++, r->p++) {
        const char *digit = r->p < r->end && *r->p != '\0' ? strchr(hex, *r->p >= 'A' && *r->p <= 'F' ? *r->p | 0x20 : *r->p) : NULL;
        if (digit == NULL)
            return fail(r, from, digits == 4 ? "\\u takes four hex digits" : "\\U takes eight hex digits");
        c = c * 16 + (unsigned long)(digit - hex);
    }
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return fail(r, from, "this is no character");
    add_character(out, c);
    return true;
}

/* Behind a backslash. */
static bool read_escape(Reader *r, Str *out)
{
    static const char letters[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
    char c = r->p < r->end ? *r->p++ : '\0';
    if (c == 'u' || c == 'U')
        return read_hex(r, c == 'u' ? 4 : 8, out);
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    if (letter == NULL)
        return fail(r, r->p - 2, "an unknown escape; a backslash itself is written \\\\, or in a 'string'");
    str_add_char(out, meanings[letter - letters]);
    return true;
}

static bool read_string(Reader *r, Str *out)
{
    const char *from = r->p;
    char quote = *r->p++;
    if (r->end - r->p >= 2 && r->p[0] == quote && r->p[1] == quote)
        return fail(r, from, "strings of several lines are not read here");
    for (; r->p < r->end && *r->p != quote;) {
        if (*r->p == '\\' && quote == '"') {
            r->p++;
            if (!read_escape(r, out))
                return false;
            continue;
        }
        size_t n = utf8_sequence(r->p, (size_t)(r->end - r->p));
        if (*r->p == '\n' || *r->p == '\r')
            break;
        if (n == 0 || ((unsigned char)*r->p < ' ' && *r->p != '\t') || *r->p == '\x7F')
            return fail(r, r->p, n == 0 ? "not UTF-8" : "a control character must be written as \\u and its number");
        str_add_n(out, r->p, n);
        r->p += n;
    }
    if (!at(r, quote))
        return fail(r, from, "a string that is not closed");
    r->p++;
    return true;
}

/* ---- values ---- */

static bool read_text(Reader *r, TomlEntry *entry)
{
    Str value = str_new(r->ctx);
    if (!at(r, '"') && !at(r, '\''))
        return fail(r, r->p, "a string in quotes is expected");
    if (!read_string(r, &value))
        return false;
    list_push(r->ctx, &entry->values, value.text);
    return true;
}

static bool read_array(Reader *r, TomlEntry *entry)
{
    r->p++;
    for (;;) {
        if (!skip_lines(r))
            return false;
        if (at(r, ']'))
            break;
        if (r->p == r->end)
            return fail(r, r->p, "an array that is not closed");
        if (!read_text(r, entry) || !skip_lines(r))
            return false;
        if (at(r, ','))
            r->p++;
        else if (!at(r, ']'))
            return fail(r, r->p, "a comma or ] is expected");
    }
    r->p++;
    return true;
}

/* ---- keys and tables ---- */

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool read_key(Reader *r, const char **key)
{
    Str text = str_new(r->ctx);
    skip_blanks(r);
    const char *from = r->p;
    if (at(r, '"') || at(r, '\'')) {
        if (!read_string(r, &text))
            return false;
    } else {
        while (r->p < r->end && is_bare(*r->p))
            str_add_char(&text, *r->p++);
    }
    if (text.len == 0 || strchr(text.text, '\n') != NULL)
        return fail(r, from, "a name is expected");
    *key = text.text;
    skip_blanks(r);
    return true;
}

static TomlEntry entry_at(const Reader *r, const char *from)
{
    return (TomlEntry){.table = r->table, .line = r->line, .column = column_of(r, from), .source = line_text(r)};
}

/* Each may be named once. */
static bool claim(Reader *r, const char *from, const char *table, const char *key)
{
    SCRATCH void *scratch = mem_scratch();
    const char *name = key == NULL ? table : mem_printf(scratch, "%s\n%s", table, key);
    if (map_has(r->seen, name))
        return fail(r, from, key == NULL ? "this table stands here a second time" : "this key stands here a second time");
    map_set(r->seen, name, r);
    return true;
}

static bool read_table(Reader *r)
{
    const char *from = r->p++;
    if (at(r, '['))
        return fail(r, from, "arrays of tables are not read here");
    if (!read_key(r, &r->table))
        return false;
    if (at(r, '.'))
        return fail(r, r->p, "tables within tables are not read here");
    if (!at(r, ']'))
        return fail(r, r->p, "] is expected");
    r->p++;
    if (!claim(r, from, r->table, NULL))
        return false;
    list_push(r->ctx, r->out, entry_at(r, from));
    return end_line(r);
}

static bool read_entry(Reader *r)
{
    const char *from = r->p;
    TomlEntry entry = entry_at(r, from);
    if (!read_key(r, &entry.key))
        return false;
    if (at(r, '.')) {
        if (*r->table != '\0')
            return fail(r, r->p, "tables within tables are not read here");
        r->p++;
        entry.table = entry.key;
        if (!read_key(r, &entry.key))
            return false;
    }
    if (!at(r, '='))
        return fail(r, r->p, "= is expected");
    r->p++;
    skip_blanks(r);
    if (!claim(r, from, entry.table, entry.key) || !(at(r, '[') ? read_array(r, &entry) : read_text(r, &entry)))
        return false;
    list_push(r->ctx, r->out, entry);
    return end_line(r);
}

bool toml_parse(const void *ctx, const char *text, size_t len, const char *path, TomlEntryList *out, Error *err)
{
    Reader r = {.ctx = ctx, .p = text, .end = text + len, .line_begin = text, .line = 1, .path = path, .table = "", .out = out, .err = err};
    r.seen = map_new(ctx);
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        r.line_begin = r.p += 3;
    while (r.p < r.end) {
        if (!skip_lines(&r))
            return false;
        if (r.p < r.end && !(*r.p == '[' ? read_table(&r) : read_entry(&r)))
            return false;
    }
    return true;
}
