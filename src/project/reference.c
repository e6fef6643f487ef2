/* project/reference.c: names of changes as people and plans write them; see planfile.h. */
#include "project/planfile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Cuts ^, ^^, ^3, ~, ~~, ~3 off the end. */
static View take_offset(View text, long *offset)
{
    size_t n = text.len;
    while (n > 0 && isdigit((unsigned char)text.p[n - 1]))
        n--;
    char sign = n > 0 ? text.p[n - 1] : '\0';
    if (sign != '^' && sign != '~')
        return text;
    long count = 1;
    if (n < text.len) {
        count = strtol(text.p + n, NULL, 10);
        n--;
    } else {
        n--;
        while (n > 0 && text.p[n - 1] == sign) {
            n--;
            count++;
        }
    }
    *offset = sign == '^' ? -count : count;
    return (View){text.p, n};
}

static bool is_id(View v)
{
    if (v.len != 40)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!isxdigit((unsigned char)v.p[i]))
            return false;
    return true;
}

static char *lower_copy(const void *ctx, View v)
{
    char *copy = mem_strndup(ctx, v.p, v.len);
    for (char *p = copy; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

static bool is_symbol(View v)
{
    return view_is(v, "HEAD") || view_is(v, "ROOT");
}

/* change, @tag, change@tag, HEAD, @HEAD, an id. */
static bool parse_target(const void *ctx, View v, Reference *ref)
{
    if (is_id(v)) {
        ref->id = lower_copy(ctx, v);
        return true;
    }
    const char *at = memchr(v.p, '@', v.len);
    View change = {v.p, at == NULL ? v.len : (size_t)(at - v.p)};
    View tag = at == NULL ? (View){0} : (View){at + 1, v.len - change.len - 1};
    if (at != NULL && change.len == 0 && is_symbol(tag)) {
        ref->change = mem_strndup(ctx, tag.p, tag.len);
        return true;
    }
    bool head = is_symbol(tag);
    if (at != NULL && !head && planfile_name_fault(tag, true) != NULL)
        return false;
    if (change.len > 0 && !is_symbol(change) && planfile_name_fault(change, false) != NULL)
        return false;
    ref->change = change.len > 0 ? mem_strndup(ctx, change.p, change.len) : NULL;
    ref->tag = at != NULL ? mem_strndup(ctx, tag.p, tag.len) : NULL;
    return change.len > 0 || at != NULL;
}

bool reference_parse(const void *ctx, View text, Reference *ref)
{
    *ref = (Reference){.text = mem_strndup(ctx, text.p, text.len)};
    const char *colon = memchr(text.p, ':', text.len);
    if (colon != NULL) {
        View project = {text.p, (size_t)(colon - text.p)};
        if (planfile_name_fault(project, false) != NULL)
            return false;
        ref->project = mem_strndup(ctx, project.p, project.len);
        text = (View){colon + 1, text.len - project.len - 1};
    }
    return parse_target(ctx, take_offset(text, &ref->offset), ref);
}

/* The instance of `name` that stood when the tag was set: the last one up to the tagged change. */
static Change *instance_at(const Module *m, const char *name, const Change *tagged)
{
    for (size_t i = tagged->index + 1; i-- > 0;)
        if (strcmp(m->changes.v[i]->name, name) == 0)
            return m->changes.v[i];
    return NULL;
}

static Change *find_tagged(const Module *m, const Reference *ref, size_t before)
{
    SCRATCH void *scratch = mem_scratch();
    if (strcmp(ref->tag, "HEAD") == 0)
        return before > 0 ? instance_at(m, ref->change, m->changes.v[before - 1]) : NULL;
    Change *tagged = map_get(m->by_name, mem_printf(scratch, "@%s", ref->tag));
    if (tagged == NULL || ref->change == NULL)
        return tagged;
    return instance_at(m, ref->change, tagged);
}

static Change *find_plain(const Module *m, const Reference *ref, size_t before, bool *ambiguous)
{
    if (strcmp(ref->change, "HEAD") == 0)
        return before > 0 ? m->changes.v[before - 1] : NULL;
    if (strcmp(ref->change, "ROOT") == 0)
        return before > 0 ? m->changes.v[0] : NULL;
    Change *newest = map_get(m->by_name, ref->change);
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
