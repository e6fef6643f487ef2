/* base/glob.c: see glob.h. */
#include "base/glob.h"

#include "base/str.h"

#include <string.h>

/* One character; bytes that are no UTF-8 stand for themselves. */
static size_t length_at(const char *p)
{
    size_t n = utf8_sequence(p, strlen(p));
    return n > 0 ? n : *p != '\0';
}

static int compare(View a, View b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int by_bytes = memcmp(a.p, b.p, n); /* which orders UTF-8 by characters */
    return by_bytes != 0 ? by_bytes : (int)a.len - (int)b.len;
}

/* A character within [ ], and what stands behind it; NULL where there is none. */
static const char *set_character(const char *p, View *c)
{
    if (*p == '\\')
        p++;
    if (*p == '\0')
        return NULL;
    *c = (View){p, length_at(p)};
    return p + c->len;
}

/* Behind a [: is the character one of the set? `after` is what stands behind the ]; NULL where there is none. */
static bool set_has(const char *p, View c, const char **after)
{
    bool negated = *p == '^' || *p == '!', found = false;
    p += negated;
    for (bool first = true; *p != ']' || first; first = false) {
        View from, to;
        *after = NULL;
        p = set_character(p, &from);
        if (p == NULL)
            return false;
        to = from;
        if (*p == '-' && p[1] != ']') {
            p = set_character(p + 1, &to);
            if (p == NULL)
                return false;
        }
        found = found || (compare(from, c) <= 0 && compare(c, to) <= 0);
    }
    *after = p + 1;
    return found != negated;
}

static bool is_well_formed(const char *p)
{
    while (*p != '\0') {
        const char *after = p + 1;
        if (*p == '\\') {
            if (p[1] == '\0')
                return false;
            after = p + 1 + length_at(p + 1);
        } else if (*p == '[') {
            set_has(p + 1, view_of("x"), &after);
            if (after == NULL)
                return false;
        }
        p = after;
    }
    return true;
}

/* Takes one character of the text by one element of the pattern that is no *. */
static bool step(const char **pattern, const char **text)
{
    const char *p = *pattern;
    View c = {*text, length_at(*text)};
    bool fits;
    if (c.len == 0 || *p == '\0')
        return false;
    if (*p == '[') {
        fits = set_has(p + 1, c, &p) && *c.p != '/';
    } else if (*p == '?') {
        fits = *c.p != '/';
        p++;
    } else {
        p += *p == '\\';
        fits = length_at(p) == c.len && memcmp(p, c.p, c.len) == 0;
        p += length_at(p);
    }
    *pattern = p;
    *text += c.len;
    return fits;
}

bool glob_matches(const char *pattern, const char *text)
{
    const char *p = pattern, *star = NULL, *tried = NULL;
    if (!is_well_formed(pattern))
        return strcmp(pattern, text) == 0;
    while (*text != '\0' || *p == '*') {
        if (*p == '*') {
            star = ++p;
            tried = text;
        } else if (!step(&p, &text)) {
            /* the last * takes one character more */
            if (star == NULL || *tried == '/' || *tried == '\0')
                return false;
            tried += length_at(tried);
            text = tried;
            p = star;
        }
    }
    return *p == '\0';
}
