/* deploy/session/marks.c: see marks.h. */
#include "deploy/session/marks.h"

#include <string.h>

#define MARK "INSERT INTO pg_temp._pgwright_mark VALUES ("

void marks_write(Str *out, long file, long statement, bool told)
{
    str_addf(out, MARK "%ld,%ld,%s)", file, statement, told ? "true" : "false");
}

void marks_add(Str *out, View text, const StatementSpans *statements, long first, const MarkOwner *owner)
{
    size_t done = 0;
    if (owner->file > 0) {
        marks_write(out, owner->file, 0, statements->n == 0);
        str_add_char(out, ';');
    }
    for (size_t i = 0; i < statements->n; i++) {
        size_t to = statements->v[i].to;
        if (owner->quiet != NULL && owner->quiet[i])
            continue;
        str_add_n(out, text.p + done, to - done);
        str_add_char(out, ';');
        marks_write(out, owner->file, first + (long)i + 1, owner->told_at_once || i + 1 == statements->n);
        done = to;
    }
    str_add_n(out, text.p + done, text.len - done);
}

/* The next mark, with the semicolon that came with it: the one before it, but behind it at a text's beginning. */
static View next_mark(View text)
{
    const char *at = memmem(text.p, text.len, MARK, strlen(MARK));
    const char *end = at == NULL ? NULL : memchr(at, ')', (size_t)(text.p + text.len - at));
    if (end == NULL)
        return (View){text.p + text.len, 0};
    end++;
    if (at > text.p && at[-1] == ';')
        at--;
    else if (end < text.p + text.len && *end == ';')
        end++;
    return (View){at, (size_t)(end - at)};
}

const char *marks_removed(const void *ctx, const char *text)
{
    if (strstr(text, MARK) == NULL)
        return text;
    Str out = str_new(ctx);
    View rest = view_of(text), mark;
    while ((mark = next_mark(rest)).len > 0) {
        str_add_n(&out, rest.p, (size_t)(mark.p - rest.p));
        rest = (View){mark.p + mark.len, (size_t)(rest.p + rest.len - mark.p) - mark.len};
    }
    str_add_n(&out, rest.p, rest.len);
    return out.text;
}

size_t marks_origin(View marked, size_t at)
{
    size_t removed = 0;
    View rest = marked, mark;
    while ((mark = next_mark(rest)).len > 0 && (size_t)(mark.p - marked.p) < at) {
        size_t from = (size_t)(mark.p - marked.p), end = from + mark.len;
        removed += (at < end ? at : end) - from;
        rest = (View){marked.p + end, marked.len - end};
    }
    return at - removed;
}
