/* schema/rename_suggest.c: what looks like a rename and is not said to be one. */
#include "schema/rename.h"

#include "sql/quote.h"

#include <string.h>

static bool same_columns(const Object *a, const Object *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->parts.n || i < b->parts.n; i++) {
        const Object *x = i < a->parts.n ? a->parts.v[i] : NULL, *y = i < b->parts.n ? b->parts.v[i] : NULL;
        bool has_x = x != NULL && object_is(x, KIND_COLUMN), has_y = y != NULL && object_is(y, KIND_COLUMN);
        if (!has_x && !has_y)
            break;
        if (has_x != has_y || strcmp(x->name, y->name) != 0 || !text_equal(object_value(x, "type"), object_value(y, "type")))
            return false;
        n++;
    }
    return n > 0;
}

/* As alike as a thing and itself under another name. */
static bool is_alike(const Object *gone, const Object *added)
{
    if (gone->kind != added->kind)
        return false;
    if (object_is(gone, KIND_COLUMN))
        return gone->parent != NULL && added->parent != NULL && strcmp(gone->parent->key, added->parent->key) == 0 &&
               object_is(gone->parent, KIND_TABLE) && text_equal(object_value(gone, "type"), object_value(added, "type"));
    return object_is(gone, KIND_TABLE) && same_columns(gone, added);
}

void renames_suggest(const void *ctx, const Model *old, const Model *new, TextList *notes)
{
    enum { NOTES_MAX = 20 };
    ObjectList added = {0};
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < new->objects.n; i++) {
        Object *o = new->objects.v[i];
        bool whole_is_there = o->parent == NULL || model_find(old, o->parent->kind, o->parent->key) != NULL;
        if ((object_is(o, KIND_COLUMN) || object_is(o, KIND_TABLE)) && whole_is_there && model_find(old, o->kind, o->key) == NULL)
            list_push(scratch, &added, o);
    }
    for (size_t i = 0; added.n > 0 && i < old->objects.n; i++) {
        const Object *o = old->objects.v[i];
        if ((!object_is(o, KIND_COLUMN) && !object_is(o, KIND_TABLE)) || model_find(new, o->kind, o->key) != NULL)
            continue;
        for (size_t k = 0; k < added.n && notes->n < NOTES_MAX; k++)
            if (is_alike(o, added.v[k]))
                list_push(ctx, notes, mem_printf(ctx, "%s %s is dropped and %s added, which is much like it: if that is a rename, say so above it: "
                                                      "-- " RENAME_HINT "%s",
                                                 o->kind->name, object_path(ctx, o), object_path(ctx, added.v[k]), sql_ident(ctx, o->name)));
    }
}
