/* sql/source.c: see source.h. */
#include "sql/source.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024, LINE_SHOWN_MAX = 400 };

static const char BOM[] = "\xEF\xBB\xBF";

static int source_free(Source *s)
{
    if (s->fd >= 0)
        close(s->fd);
    return 0;
}

void source_close(Source *s)
{
    source_free(s);
    talloc_free(s->buffer);
    s->fd = -1;
    s->buffer = NULL;
    s->len = s->at = 0;
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

static char *line_in_memory(const void *ctx, const Source *s, long line)
{
    const char *p = s->buffer, *end = s->buffer + s->len;
    for (long i = 1; i < line && p != NULL && p < end; i++) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p == NULL ? NULL : p + 1;
    }
    if (p == NULL || p > end)
        return NULL;
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    return mem_strndup(ctx, p, (size_t)((newline == NULL ? end : newline) - p));
}

static char *line_in_file(const void *ctx, const char *path, long line)
{
    FILE *f = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    ssize_t n = -1;
    for (long i = 0; f != NULL && i < line; i++)
        n = getline(&text, &size, f);
    char *copy = n < 0 ? NULL : mem_strndup(ctx, text, (size_t)n);
    free(text);
    if (f != NULL)
        fclose(f);
    return copy;
}

char *source_line(const void *ctx, const Source *s, long line)
{
    char *text = s->path == NULL ? line_in_memory(ctx, s, line) : line_in_file(ctx, s->path, line);
    if (text == NULL)
        return NULL;
    if (line == 1 && text_starts(text, BOM))
        text += sizeof BOM - 1;
    text[strcspn(text, "\r\n")] = '\0';
    return strlen(text) > LINE_SHOWN_MAX ? NULL : text;
}

bool source_error(const Source *s, size_t to, Error *err, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, fmt);
    error_set(err, ERR_CONFIG, "%s", mem_vprintf(scratch, fmt, args));
    va_end(args);
    SqlPlace place = source_place(s, to);
    error_place(err, s->name, place.line, place.column, source_line(scratch, s, place.line));
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
    if (s->len >= 3 && memcmp(s->buffer, BOM, 3) == 0)
        s->at = s->checked = 3;
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
    bool first = s->buffer != NULL && s->len == 0 && s->line == 1 && s->column == 1;
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
    if (first)
        skip_bom(s);
    return check_encoding(s, err);
}

static void want_digests(Source *s, bool wanted)
{
    if (!wanted)
        return;
    s->sha1 = digest_new(s, DIGEST_SHA1);
    s->sha256 = digest_new(s, DIGEST_SHA256);
}

static bool open_error(const char *name, Error *err, const char *why)
{
    error_set(err, ERR_CONFIG, "cannot read the script: %s", why);
    error_place(err, name, 0, 0, NULL);
    return false;
}

Source *source_open(const void *ctx, const char *path, const char *name, bool digests, Error *err)
{
    struct stat st;
    Source *s = mem_new(ctx, Source);
    talloc_set_destructor(s, source_free);
    s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO shall not hold us up */
    s->path = mem_strdup(s, path);
    s->name = mem_strdup(s, name);
    s->line = s->column = 1;
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        open_error(name, err, strerror(errno));
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        open_error(name, err, S_ISDIR(st.st_mode) ? "it is a folder" : "it is not a regular file");
        return NULL;
    }
    /* one byte more than a small file holds, so that one read brings it and its end */
    s->capacity = st.st_size < CHUNK ? (size_t)st.st_size + 1 : CHUNK;
    s->buffer = mem_resize(s, NULL, 1, s->capacity);
    want_digests(s, digests);
    return source_more(s, err) ? s : NULL;
}

Source *source_of_text(const void *ctx, const char *text, size_t len, const char *name, bool digests, Error *err)
{
    Source *s = mem_new(ctx, Source);
    s->fd = -1;
    s->name = mem_strdup(s, name);
    s->line = s->column = 1;
    s->buffer = mem_strndup(s, "", 0);
    s->buffer = mem_resize(s, s->buffer, 1, len + 1);
    memcpy(s->buffer, text, len);
    s->len = len;
    s->last = true;
    want_digests(s, digests);
    digest(s, 0);
    skip_bom(s);
    return check_encoding(s, err) ? s : NULL;
}
