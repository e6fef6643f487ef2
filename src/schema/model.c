/* schema/model.c: objects of a model and their names; see model.h. */
#include "schema/model.h"

#include "base/str.h"

#include <string.h>

/* FNV-1a, of a key within its kind. */
static size_t hash_of(const Kind *kind, const char *key)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)(kind - kinds);
    for (const char *p = key; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

/* Where it stands, or would. */
static Object **slot_of(const Model *m, const Kind *kind, const char *key)
{
    for (size_t i = hash_of(kind, key);; i++) {
        Object **slot = &m->by_key.v[i & (m->by_key.n - 1)];
        if (*slot == NULL || ((*slot)->kind == kind && strcmp((*slot)->key, key) == 0))
            return slot;
    }
}

void model_index(Model *m)
{
    size_t size = 16;
    while (size / 4 * 3 < m->objects.n)
        size *= 2;
    talloc_free(m->by_key.v);
    m->by_key.v = mem_array(m, Object *, size);
    m->by_key.n = size;
    for (size_t i = 0; i < m->objects.n; i++) {
        Object *o = m->objects.v[i];
        o->number = i;
        *slot_of(m, o->kind, o->key) = o;
    }
}

Object *model_find(const Model *model, const Kind *kind, const char *key)
{
    return model->by_key.n == 0 ? NULL : *slot_of(model, kind, key);
}

const Extras no_extras;

Extras *object_extras(const void *ctx, Object *o)
{
    if (o->extras == &no_extras)
        o->extras = mem_new(ctx, Extras);
    return (Extras *)o->extras;
}

char *object_space(const void *ctx, const Object *o)
{
    if (o->kind->space == 0)
        return NULL;
    const char *within = o->kind->space == 'r' || o->kind->space == 'f' || o->parent == NULL ? o->schema : o->parent->key;
    return mem_printf(ctx, "%c %s %s", o->kind->space, within == NULL ? "" : within, o->name);
}

char *object_plain_name(const void *ctx, const Object *o)
{
    /* these spaces' names are made of a quoted name and more */
    if (o->kind->space == 0 || strchr("foFC", o->kind->space) == NULL)
        return mem_strdup(ctx, o->name);
    if (*o->name != '"')
        return mem_strndup(ctx, o->name, strcspn(o->name, "( "));
    Str name = str_new(ctx);
    for (const char *p = o->name + 1; *p != '\0' && (*p != '"' || p[1] == '"'); p++) {
        str_add_char(&name, *p);
        p += *p == '"';
    }
    return name.text;
}

const Need *object_need_of(const Object *from, const Object *on)
{
    const Need *found = NULL;
    for (size_t i = 0; i < from->needs.n; i++)
        if (from->needs.v[i].on == on && (found == NULL || found->by_default))
            found = &from->needs.v[i];
    return found;
}

Object *object_part_like(const Object *whole, const Object *part)
{
    for (size_t i = 0; whole != NULL && i < whole->parts.n; i++)
        if (whole->parts.v[i]->kind == part->kind && strcmp(whole->parts.v[i]->name, part->name) == 0)
            return whole->parts.v[i];
    return NULL;
}

bool is_link(const Object *o)
{
    return object_is(o, KIND_INHERITANCE) || object_is(o, KIND_PARTITION);
}

const Object *link_above(const Object *link)
{
    for (size_t i = 0; i < link->needs.n; i++)
        if (link->needs.v[i].on != link->parent && object_is(link->needs.v[i].on, KIND_TABLE))
            return link->needs.v[i].on;
    return NULL;
}

Object *part_above(const Object *part, size_t *at)
{
    while (*at < part->parent->parts.n) {
        const Object *link = part->parent->parts.v[(*at)++];
        Object *above = is_link(link) ? object_part_like(link_above(link), part) : NULL;
        if (above != NULL)
            return above;
    }
    return NULL;
}

char *object_path(const void *ctx, const Object *o)
{
    if (o->parent != NULL)
        return mem_printf(ctx, "%s.%s", object_path(ctx, o->parent), o->name);
    return o->schema == NULL ? mem_strdup(ctx, o->name) : mem_printf(ctx, "%s.%s", o->schema, o->name);
}
