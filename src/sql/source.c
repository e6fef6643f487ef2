/* sql/source.c: see source.h. */
#include "sql/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024, LINE_SHOWN_MAX = 400, LINE_READ_MAX = LINE_SHOWN_MAX + 8 };

static const char BOM[] = "\xEF\xBB\xBF";

static int source_free(Source *s)
{
    close(s->fd);
    return 0;
}

void place_advance(SqlPlace *place, const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    for (const char *newline; (newline = memchr(p, '\n', (size_t)(end - p))) != NULL; p = newline + 1) {
        place->line++;
        place->column = 1;
    }
    for (; p < end; p++)
        place->column += ((unsigned char)*p & 0xC0) != 0x80;
}

SqlPlace source_place(const Source *s, size_t to)
{
    if (s->within != NULL)
        return s->spot;
    SqlPlace place = {.file = s->name, .line = s->line, .column = s->column};
    place_advance(&place, s->buffer + s->at, to - s->at);
    return place;
}

void source_consume(Source *s, size_t to)
{
    SqlPlace place = source_place(s, to);
    s->line = place.line;
    s->column = place.column;
    s->at = to;
}

static const char *line_in_memory(const Source *s, long line, size_t *len)
{
    const char *p = s->buffer, *end = s->buffer + s->len;
    for (long i = 1; i < line && p != NULL; i++) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p == NULL ? NULL : p + 1;
    }
    if (p == NULL)
        return NULL;
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    *len = (size_t)((newline == NULL ? end : newline) - p);
    return p;
}

/* Reads no more of the line than is shown, and what tells that it is longer. */
static const char *line_in_file(const void *ctx, const char *path, long line, size_t *len)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return NULL;
    char *text = mem_resize(ctx, NULL, 1, LINE_READ_MAX);
    int c = 0;
    while (line > 1 && (c = getc_unlocked(f)) != EOF)
        line -= c == '\n';
    while (line == 1 && *len < LINE_READ_MAX && (c = getc_unlocked(f)) != EOF && c != '\n')
        text[(*len)++] = (char)c;
    fclose(f);
    return line == 1 ? text : NULL;
}

char *source_line(const void *ctx, const Source *s, long line)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len = 0;
    while (s->within != NULL)
        s = s->within;
    const char *text =
        s->path == NULL ? line_in_memory(s, line, &len) : line_in_file(scratch, s->path, line, &len);
    if (line == 1 && len >= strlen(BOM) && memcmp(text, BOM, strlen(BOM)) == 0) {
        text += strlen(BOM);
        len -= strlen(BOM);
    }
    if (len > 0 && text[len - 1] == '\r')
        len--;
    return text == NULL || len > LINE_SHOWN_MAX ? NULL : utf8_repaired(ctx, (View){text, len});
}

bool source_error_v(const Source *s, size_t to, Error *err, const char *fmt, va_list args)
{
    SCRATCH void *scratch = mem_scratch();
    error_set(err, ERR_CONFIG, "%s", mem_vprintf(scratch, fmt, args));
    SqlPlace place = source_place(s, to);
    error_place(err, place.file, place.line, place.column, source_line(scratch, s, place.line));
    if (s->within != NULL)
        error_detail(err, "in the value of the variable %s", s->name);
    return false;
}

bool source_error(const Source *s, size_t to, Error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    source_error_v(s, to, err, fmt, args);
    va_end(args);
    return false;
}

/* The next offset that is not plain ASCII, or `end`. */
static size_t skip_ascii(const char *p, size_t from, size_t end)
{
    while (from + 8 <= end) {
        unsigned long long word;
        memcpy(&word, p + from, 8);
        if ((word & 0x8080808080808080ULL) != 0)
            break;
        from += 8;
    }
    while (from < end && (p[from] & 0x80) == 0)
        from++;
    return from;
}

/* Checks what came in new. A sequence that the window cuts off waits for the next piece. */
static bool check_encoding(Source *s, Error *err)
{
    const char *nul = memchr(s->buffer + s->checked, '\0', s->len - s->checked);
    if (nul != NULL)
        return source_error(s, (size_t)(nul - s->buffer), err, "a NUL byte, which SQL text cannot hold");
    size_t i = s->checked;
    while ((i = skip_ascii(s->buffer, i, s->len)) < s->len) {
        size_t n = utf8_sequence(s->buffer + i, s->len - i);
        if (n == 0 && s->len - i < 4 && !s->last)
            break;
        if (n == 0)
            return source_error(s, i, err, "invalid UTF-8: byte 0x%02x", (unsigned char)s->buffer[i]);
        i += n;
    }
    s->checked = i;
    return true;
}

static void digest(Source *s, size_t from)
{
    if (s->sha1 == NULL)
        return;
    digest_add(s->sha1, s->buffer + from, s->len - from);
    digest_add(s->sha256, s->buffer + from, s->len - from);
}

static void skip_bom(Source *s)
{
    if (s->len >= strlen(BOM) && memcmp(s->buffer, BOM, strlen(BOM)) == 0)
        s->at = s->checked = strlen(BOM);
}

/* Room for another piece: what is done with makes way; a statement that fills the window doubles it. */
static void make_room(Source *s)
{
    if (s->at > 0) {
        memmove(s->buffer, s->buffer + s->at, s->len - s->at);
        s->len -= s->at;
        s->checked -= s->at;
        s->at = 0;
    }
    if (s->len < s->capacity)
        return;
    s->capacity *= 2;
    s->buffer = mem_resize(s, s->buffer, 1, s->capacity);
}

bool source_more(Source *s, Error *err)
{
    make_room(s);
    size_t from = s->len;
    while (s->len < s->capacity) {
        ssize_t n = read(s->fd, s->buffer + s->len, s->capacity - s->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return source_error(s, s->at, err, "cannot read: %s", strerror(errno));
        if (n == 0) {
            s->last = true;
            break;
        }
        s->len += (size_t)n;
    }
    digest(s, from);
    if (!s->begun)
        skip_bom(s);
    s->begun = true;
    return check_encoding(s, err);
}

static void want_digests(Source *s, bool wanted)
{
    if (!wanted)
        return;
    s->sha1 = digest_new(s, DIGEST_SHA1);
    s->sha256 = digest_new(s, DIGEST_SHA256);
}

const char *source_kind_fault(const struct stat *st)
{
    if (S_ISREG(st->st_mode))
        return NULL;
    return S_ISDIR(st->st_mode) ? "it is a folder" : "it is not a regular file";
}

static Source *source_new(const void *ctx, const char *name, size_t capacity, bool digests)
{
    Source *s = mem_new(ctx, Source);
    s->fd = -1;
    s->name = mem_strdup(s, name);
    s->line = s->column = 1;
    s->capacity = capacity;
    s->buffer = mem_resize(s, NULL, 1, capacity);
    want_digests(s, digests);
    return s;
}

Source *source_open(const void *ctx, const char *path, const char *name, bool digests, const char **why)
{
    struct stat st = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO shall not hold us up */
    *why = fd < 0 || fstat(fd, &st) != 0 ? strerror(errno) : source_kind_fault(&st);
    if (*why != NULL) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    /* one byte more than a small file holds, so that it and its end come in one go */
    Source *s = source_new(ctx, name, st.st_size < CHUNK ? (size_t)st.st_size + 1 : CHUNK, digests);
    s->fd = fd;
    s->path = mem_strdup(s, path);
    talloc_set_destructor(s, source_free);
    return s;
}

Source *source_of_text(const void *ctx, const char *text, size_t len, const char *name, bool digests,
                       Error *err)
{
    Source *s = source_new(ctx, name, len + 1, digests);
    memcpy(s->buffer, text, len);
    s->len = len;
    s->begun = s->last = true;
    digest(s, 0);
    skip_bom(s);
    return check_encoding(s, err) ? s : NULL;
}

Source *source_of_value(Source *within, size_t at, const char *name, const char *value, Error *err)
{
    Source *s = source_new(within, name, strlen(value) + 1, false);
    s->len = strlen(value);
    memcpy(s->buffer, value, s->len);
    s->begun = s->last = true;
    s->within = within;
    s->spot = source_place(within, at);
    return check_encoding(s, err) ? s : NULL;
}
