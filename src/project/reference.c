/* project/reference.c: see reference.h. */
#include "project/reference.h"

#include <ctype.h>
#include <string.h>

enum { ID_LENGTH = SQITCH_ID_SIZE - 1, OFFSET_MAX = 1000000000 };

size_t unicode_blank(const char *p, size_t len)
{
    static const char *const blanks[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
                                         "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        size_t n = strlen(blanks[i]);
        if (len >= n && memcmp(p, blanks[i], n) == 0)
            return n;
    }
    bool is_spacing = len >= 3 && memcmp(p, "\xE2\x80", 2) == 0; /* U+2000 to U+200A */
    return is_spacing && (unsigned char)p[2] >= 0x80 && (unsigned char)p[2] <= 0x8A ? 3 : 0;
}

static bool is_punctuation(char c)
{
    return (unsigned char)c < 0x80 && ispunct((unsigned char)c) && c != '_';
}

/* Ends in "~3", "/3", …: that would read as a relative reference. */
static bool ends_relative(View name)
{
    size_t n = name.len;
    while (n > 0 && isdigit((unsigned char)name.p[n - 1]))
        n--;
    return n > 0 && n < name.len && strchr("~/=%^[]", name.p[n - 1]) != NULL;
}

static bool begins_with_id(View name)
{
    size_t n = 0;
    while (n < name.len && isxdigit((unsigned char)name.p[n]))
        n++;
    return n >= ID_LENGTH;
}

static bool is_symbol(View v)
{
    return view_is(v, "HEAD") || view_is(v, "ROOT");
}

/* Names are paths of scripts: has it a part like "..", or an empty one? */
static bool leaves_folder(View name)
{
    const char *end = name.p + name.len;
    for (const char *p = name.p, *slash; p <= end; p = slash + 1) {
        slash = memchr(p, '/', (size_t)(end - p));
        slash = slash == NULL ? end : slash;
        View part = {p, (size_t)(slash - p)};
        if (part.len == 0 || view_is(part, ".") || view_is(part, ".."))
            return true;
    }
    return false;
}

const char *name_fault(View name, bool is_tag)
{
    if (name.len == 0)
        return "it is empty";
    if (utf8_valid(name) < name.len)
        return "it is not valid UTF-8";
    for (size_t i = 0; i < name.len; i++) {
        if (memchr(" \t:@#\\", name.p[i], 6) != NULL || (is_tag && name.p[i] == '/'))
            return is_tag ? "it must not hold blanks or any of : @ # \\ /" : "it must not hold blanks or any of : @ # \\";
        if ((name.p[i] & 0x80) != 0 && unicode_blank(name.p + i, name.len - i) > 0)
            return "it holds a blank that is not the common one, such as a no-break space";
        if ((unsigned char)name.p[i] < ' ' || name.p[i] == '\x7F')
            return "it holds a control character";
    }
    if (leaves_folder(name))
        return "its parts between slashes must not be empty, . or ..";
    if (is_punctuation(name.p[0]) || is_punctuation(name.p[name.len - 1]))
        return "it must not begin or end with punctuation other than _";
    if (ends_relative(name))
        return "it must not end in one of ~ / = % ^ followed by digits";
    if (is_symbol(name))
        return "HEAD and ROOT are reserved";
    return begins_with_id(name) ? "it must not begin with 40 hexadecimal digits" : NULL;
}

/* Cuts ^, ^^, ^3, ~, ~~, ~3 off the end. */
static View take_offset(View text, long *offset)
{
    size_t n = text.len;
    while (n > 0 && isdigit((unsigned char)text.p[n - 1]))
        n--;
    char sign = n > 0 ? text.p[n - 1] : '\0';
    if (sign != '^' && sign != '~')
        return text;
    long count = n == text.len ? 1 : 0;
    for (size_t i = n; i < text.len; i++)
        count = count < OFFSET_MAX ? count * 10 + (text.p[i] - '0') : OFFSET_MAX; /* beyond any plan */
    n--;
    for (bool repeats = n + 1 == text.len; repeats && n > 0 && text.p[n - 1] == sign; n--)
        count++;
    *offset = sign == '^' ? -count : count;
    return (View){text.p, n};
}

static bool is_id(View v)
{
    return v.len == ID_LENGTH && begins_with_id(v);
}

/* change, @tag, change@tag, HEAD, @HEAD, an id. */
static bool split_target(View v, ReferenceParts *parts)
{
    if (is_id(v)) {
        parts->id = v;
        return true;
    }
    const char *at = memchr(v.p, '@', v.len);
    View change = {v.p, at == NULL ? v.len : (size_t)(at - v.p)};
    View tag = {at == NULL ? NULL : at + 1, at == NULL ? 0 : v.len - change.len - 1};
    if (at != NULL && change.len == 0 && is_symbol(tag)) {
        parts->change = tag;
        return true;
    }
    if (at != NULL && !is_symbol(tag) && name_fault(tag, true) != NULL)
        return false;
    if (change.len > 0 && !is_symbol(change) && name_fault(change, false) != NULL)
        return false;
    parts->change = change.len > 0 ? change : (View){0};
    parts->tag = tag;
    return change.len > 0 || at != NULL;
}

bool reference_split(View text, ReferenceParts *parts)
{
    *parts = (ReferenceParts){0};
    const char *colon = memchr(text.p, ':', text.len);
    if (colon != NULL) {
        parts->project = (View){text.p, (size_t)(colon - text.p)};
        if (name_fault(parts->project, false) != NULL)
            return false;
        text = (View){colon + 1, text.len - parts->project.len - 1};
    }
    return split_target(take_offset(text, &parts->offset), parts);
}

static char *keep(Pool *pool, View v)
{
    return v.p == NULL ? NULL : pool_text(pool, v);
}

/* Most references are the bare name of a change, and need no texts beside it. */
Reference reference_keep(Pool *pool, const char *text, const ReferenceParts *parts)
{
    if (parts->change.p != NULL && parts->change.len == strlen(text))
        return (Reference){.text = text, .change = text};
    char *id = keep(pool, parts->id);
    for (char *p = id; p != NULL && *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return (Reference){.text = text,
                       .project = keep(pool, parts->project),
                       .change = keep(pool, parts->change),
                       .tag = keep(pool, parts->tag),
                       .id = id,
                       .offset = parts->offset};
}

bool reference_parse(const void *ctx, View text, Reference *ref)
{
    Pool pool = {.owner = ctx};
    ReferenceParts parts;
    bool ok = reference_split(text, &parts);
    *ref = reference_keep(&pool, pool_text(&pool, text), &parts);
    return ok;
}

/* The last instance of the change up to number `last`. */
static Change *instance_at(const Module *m, const char *name, size_t last)
{
    Change *c = map_get(m->by_name, name);
    while (c != NULL && c->index > last)
        c = c->earlier;
    return c;
}

static Change *marked_by(const Module *m, const char *tag, size_t before)
{
    SCRATCH void *scratch = mem_scratch();
    if (strcmp(tag, "HEAD") == 0)
        return m->changes.v[before - 1];
    if (strcmp(tag, "ROOT") == 0)
        return m->changes.v[0];
    Change *tagged = map_get(m->by_name, mem_printf(scratch, "@%s", tag));
    return tagged != NULL && tagged->index < before ? tagged : NULL;
}

static Change *find_tagged(const Module *m, const Reference *ref, size_t before)
{
    Change *tagged = before > 0 ? marked_by(m, ref->tag, before) : NULL;
    return tagged == NULL || ref->change == NULL ? tagged : instance_at(m, ref->change, tagged->index);
}

static Change *find_plain(const Module *m, const Reference *ref, size_t before, bool *ambiguous)
{
    if (before == 0)
        return NULL;
    if (strcmp(ref->change, "HEAD") == 0)
        return m->changes.v[before - 1];
    if (strcmp(ref->change, "ROOT") == 0)
        return m->changes.v[0];
    Change *newest = instance_at(m, ref->change, before - 1);
    *ambiguous = newest != NULL && before == m->changes.n && newest->earlier != NULL;
    return newest;
}

Change *reference_find(const Module *m, const Reference *ref, size_t before, bool *ambiguous)
{
    Change *found = ref->id != NULL    ? map_get(m->by_name, ref->id)
                    : ref->tag != NULL ? find_tagged(m, ref, before)
                                       : find_plain(m, ref, before, ambiguous);
    if (found == NULL || ref->offset == 0)
        return found;
    *ambiguous = false;
    long index = (long)found->index + ref->offset;
    return index >= 0 && (size_t)index < before ? m->changes.v[index] : NULL;
}
