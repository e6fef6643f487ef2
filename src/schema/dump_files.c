/* schema/dump_files.c: a dump as files: which statement belongs to which, and in which order they are loaded.
 *
 * The statements come in an order in which they can run. Files stand in the order of their folders, but for those that need
 * others: these stand behind them. Where files need one another one of them comes first, and what it needs of the other is
 * deferred: foreign keys of tables that refer to each other, mostly. So loading the files never fails where the dump as one
 * text would not. */
#include "schema/dumping.h"

#include "schema/dump_layout.h"
#include "schema/making.h"

#include <stdlib.h>
#include <string.h>

typedef LIST(size_t) NumberList;

/* A file while it is being put in its place. */
typedef struct Leaf {
    const char *path;
    bool trails;           /* comes after all that others could need */
    NumberList before;     /* leaves that need it, once for each need */
    size_t waits;          /* for how many needs */
    size_t place;          /* in the order of loading */
} Leaf;

typedef struct Layout {
    const void *ctx;
    const StatementList *all;
    size_t *leaf_of;       /* by statement */
    Leaf *leaves;          /* by folder, then by first statement */
    size_t leaves_count;
    NumberList by_first;   /* the same by first statement alone */
    size_t *made_by;       /* by Object.number: the statement that makes it; NONE */
    bool *deferred;        /* by statement */
    size_t deferred_place; /* behind all that does not trail */
} Layout;

enum { NONE = SIZE_MAX };

/* ---- what statements need ---- */

static void find_makers(Layout *l, const Model *model)
{
    l->made_by = mem_array(l->ctx, size_t, model->objects.n + 1);
    for (size_t i = 0; i < model->objects.n; i++)
        l->made_by[i] = NONE;
    for (size_t i = l->all->n; i-- > 0;) {
        const Statement *s = &l->all->v[i];
        if (s->attribute == NULL)
            l->made_by[s->object->number] = i;
    }
    /* what is written into the statement of its parent; parents come before their parts but for indexes of constraints */
    for (size_t i = 0; i < model->objects.n; i++)
        for (const Object *o = model->objects.v[i]->parent; o != NULL && l->made_by[i] == NONE; o = o->parent)
            l->made_by[i] = l->made_by[o->number];
}

/* Notes that statement `i` needs what makes the object. Later ones are no needs: the order says that it can do without. */
static void add_maker(const Layout *l, NumberList *needs, size_t i, const Object *o)
{
    size_t maker = l->made_by[o->number];
    if (maker != NONE && maker < i)
        list_push(l->ctx, needs, maker);
}

static void add_makers_of_parts(const Layout *l, NumberList *needs, size_t i, const Object *o)
{
    for (size_t k = 0; k < o->parts.n; k++)
        add_maker(l, needs, i, o->parts.v[k]);
}

static void add_needs_of(const Layout *l, NumberList *needs, size_t i, const Object *o)
{
    for (size_t k = 0; k < o->needs.n; k++) {
        const Object *on = o->needs.v[k].on;
        add_maker(l, needs, i, on);
        /* tables are attached once the keys and indexes of both are there */
        if (object_is(o, KIND_PARTITION))
            add_makers_of_parts(l, needs, i, on);
    }
    for (size_t k = 0; k < o->parts.n; k++)
        if (l->made_by[o->parts.v[k]->number] == i)
            add_needs_of(l, needs, i, o->parts.v[k]);
}

/* What a new child inherits counts as checked: so checks that are not come when all children are there. */
static void add_makers_of_children(const Layout *l, NumberList *needs, size_t i, const Object *table)
{
    for (size_t k = 0; k < table->needed_by.n; k++) {
        const Object *child = table->needed_by.v[k];
        if (!object_is(child, KIND_TABLE) || object_flag(child, "is_partition"))
            continue;
        add_maker(l, needs, i, child);
        add_makers_of_children(l, needs, i, child);
    }
}

/* An index that partitions lack would be made for those that are attached later. */
static void add_makers_of_partitions(const Layout *l, NumberList *needs, size_t i, const Object *table)
{
    for (size_t k = 0; k < table->needed_by.n; k++)
        if (object_is(table->needed_by.v[k], KIND_PARTITION))
            add_maker(l, needs, i, table->needed_by.v[k]);
}

/* The statements that must have run before statement `i`. */
static NumberList needs_of(const Layout *l, size_t i)
{
    const Statement *s = &l->all->v[i];
    NumberList needs = {0};
    for (const Object *o = s->object; o != NULL; o = o->parent)
        add_maker(l, &needs, i, o);
    add_needs_of(l, &needs, i, s->object);
    /* a table's attribute may name a part: its replica identity */
    if (s->attribute != NULL)
        add_makers_of_parts(l, &needs, i, s->object);
    if (object_is(s->object, KIND_CONSTRAINT) && *object_value(s->object, "type") == 'c' && !object_flag(s->object, "validated"))
        add_makers_of_children(l, &needs, i, s->object->parent);
    if (is_incomplete(s->object))
        add_makers_of_partitions(l, &needs, i, s->object->parent);
    return needs;
}

/* ---- files ---- */

static int compare_places(const void *a, const void *b)
{
    const LayoutPlace *x = *(const LayoutPlace *const *)a, *y = *(const LayoutPlace *const *)b;
    if (x->folder != y->folder)
        return x->folder < y->folder ? -1 : 1;
    return x->first < y->first ? -1 : 1;
}

static void make_leaves(Layout *l, bool with_schemas)
{
    LayoutPlaceList places = layout_places(l->ctx, l->all, with_schemas);
    const LayoutPlace **sorted = mem_array(l->ctx, const LayoutPlace *, places.n + 1);
    l->leaf_of = mem_array(l->ctx, size_t, l->all->n + 1);
    l->leaves = mem_array(l->ctx, Leaf, places.n + 1);
    l->leaves_count = places.n;
    for (size_t i = 0; i < places.n; i++)
        sorted[i] = &places.v[i];
    qsort(sorted, places.n, sizeof sorted[0], compare_places);
    size_t *number_of = mem_array(l->ctx, size_t, places.n + 1);
    for (size_t i = 0; i < places.n; i++) {
        l->leaves[i] = (Leaf){.path = sorted[i]->path, .trails = sorted[i]->trails};
        number_of[sorted[i] - places.v] = i;
    }
    for (size_t i = 0; i < places.n; i++) /* they come by their first statement */
        list_push(l->ctx, &l->by_first, number_of[i]);
    for (size_t p = 0; p < places.n; p++)
        for (size_t i = 0; i < places.v[p].statements.n; i++)
            l->leaf_of[places.v[p].statements.v[i]] = number_of[p];
}

static void connect_leaves(Layout *l)
{
    for (size_t i = 0; i < l->all->n; i++) {
        NumberList needs = needs_of(l, i);
        size_t own = l->leaf_of[i];
        for (size_t k = 0; k < needs.n; k++) {
            size_t other = l->leaf_of[needs.v[k]];
            if (other == own || l->leaves[own].trails)
                continue;
            list_push(l->ctx, &l->leaves[other].before, own);
            l->leaves[own].waits++;
        }
    }
}

/* ---- their order ---- */

/* The free one whose folder comes first is next: a heap of numbers. */
static void heap_push(NumberList *h, const void *ctx, size_t n)
{
    list_push(ctx, h, n);
    for (size_t i = h->n - 1; i > 0 && h->v[(i - 1) / 2] > n; i = (i - 1) / 2) {
        h->v[i] = h->v[(i - 1) / 2];
        h->v[(i - 1) / 2] = n;
    }
}

static size_t heap_pop(NumberList *h)
{
    size_t top = h->v[0], last = h->v[--h->n], i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        child += child + 1 < h->n && h->v[child + 1] < h->v[child];
        if (child >= h->n || h->v[child] >= last)
            break;
        h->v[i] = h->v[child];
        i = child;
    }
    h->v[i] = last;
    return top;
}

static void place_leaf(Layout *l, NumberList *ready, size_t leaf, size_t *place)
{
    l->leaves[leaf].place = (*place)++;
    for (size_t i = 0; i < l->leaves[leaf].before.n; i++)
        if (--l->leaves[l->leaves[leaf].before.v[i]].waits == 0)
            heap_push(ready, l->ctx, l->leaves[leaf].before.v[i]);
}

/* Of files that need one another that comes first whose first statement does: all that this statement needs is there. */
static size_t first_left(const Layout *l, size_t *cursor)
{
    while (l->leaves[l->by_first.v[*cursor]].place != NONE || l->leaves[l->by_first.v[*cursor]].trails)
        ++*cursor;
    return l->by_first.v[*cursor];
}

static void order_leaves(Layout *l)
{
    NumberList ready = {0};
    size_t place = 0, cursor = 0, leading = 0;
    for (size_t i = 0; i < l->leaves_count; i++) {
        l->leaves[i].place = NONE;
        leading += !l->leaves[i].trails;
        if (l->leaves[i].waits == 0 && !l->leaves[i].trails)
            heap_push(&ready, l->ctx, i);
    }
    while (place < leading) {
        size_t next = ready.n > 0 ? heap_pop(&ready) : first_left(l, &cursor);
        if (l->leaves[next].place == NONE)
            place_leaf(l, &ready, next, &place);
    }
    l->deferred_place = place++;
    for (size_t i = 0; i < l->leaves_count; i++)
        if (l->leaves[i].trails)
            l->leaves[i].place = place++;
}

static size_t place_of(const Layout *l, size_t statement)
{
    return l->deferred[statement] ? l->deferred_place : l->leaves[l->leaf_of[statement]].place;
}

static void defer(Layout *l)
{
    l->deferred = mem_array(l->ctx, bool, l->all->n + 1);
    for (size_t i = 0; i < l->all->n; i++) {
        NumberList needs = needs_of(l, i);
        size_t place = place_of(l, i);
        for (size_t k = 0; k < needs.n; k++)
            l->deferred[i] = l->deferred[i] || place_of(l, needs.v[k]) > place;
    }
}

/* ---- their texts ---- */

DumpFileList schema_dump_files(const void *ctx, const Model *model, const DumpOptions *options)
{
    SCRATCH void *scratch = mem_scratch();
    StatementList all = dump_statements(scratch, model, options);
    Layout l = {.ctx = scratch, .all = &all};
    DumpFileList files = {0};
    find_makers(&l, model);
    make_leaves(&l, model->schemas.n != 1);
    connect_leaves(&l);
    order_leaves(&l);
    defer(&l);
    size_t places = l.leaves_count + 1;
    Str *texts = mem_array(scratch, Str, places);
    const char **paths = mem_array(scratch, const char *, places);
    const Object **headed = mem_array(scratch, const Object *, places);
    for (size_t i = 0; i < places; i++)
        texts[i] = str_new(scratch);
    for (size_t i = 0; i < l.leaves_count; i++)
        paths[l.leaves[i].place] = l.leaves[i].path;
    paths[l.deferred_place] = "deferred/statements.sql";
    for (size_t i = 0; i < all.n; i++) {
        size_t place = place_of(&l, i);
        dump_statement(&texts[place], &all.v[i], &headed[place], model, options);
    }
    for (size_t i = 0; i < places; i++)
        if (texts[i].len > 0)
            list_push(ctx, &files, (DumpFile){mem_strdup(ctx, paths[i]), mem_strdup(ctx, texts[i].text)});
    return files;
}

char *schema_dump_main(const void *ctx, const Model *model, const DumpFileList *files, const DumpOptions *options)
{
    Str out = str_new(ctx);
    dump_head(&out, model, options);
    for (size_t i = 0; i < files->n; i++)
        str_addf(&out, "\\i %s\n", files->v[i].path);
    return out.text;
}
