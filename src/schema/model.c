/* schema/model.c: rows become objects that know one another. */
#include "schema/model.h"

#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* Where an oid of a catalog leads: to an object, or (through internal dependencies) to the one that it is part of. */
typedef struct Address {
    struct {
        uint32_t class, oid;
        int32_t sub;
    } key;
    Object *object;
    bool is_default;  /* a column's default expression */
    bool is_internal; /* a part of the object that is none itself */
    UT_hash_handle hh;
} Address;

typedef struct Builder {
    Model *model;
    void *scratch;
    Address *addresses;
    const Rows *depends;
    uint32_t pg_class, pg_attrdef;
} Builder;

/* pg_catalog's own oids never change between versions (src/include/catalog). */
static const struct {
    const char *name;
    uint32_t oid;
} catalogs[] = {
    {"pg_type", 1247},          {"pg_attribute", 1249},     {"pg_proc", 1255},        {"pg_class", 1259},
    {"pg_attrdef", 2604},       {"pg_constraint", 2606},    {"pg_operator", 2617},    {"pg_opfamily", 2753},
    {"pg_opclass", 2616},       {"pg_amop", 2602},          {"pg_rewrite", 2618},     {"pg_trigger", 2620},
    {"pg_event_trigger", 3466}, {"pg_cast", 2605},          {"pg_namespace", 2615},   {"pg_ts_dict", 3600},
    {"pg_ts_config", 3602},     {"pg_extension", 3079},     {"pg_policy", 3256},      {"pg_foreign_data_wrapper", 2328},
    {"pg_foreign_server", 1417}, {"pg_user_mapping", 1418}, {"pg_publication", 6104}, {"pg_publication_rel", 6106},
    {"pg_statistic_ext", 3381}, {"pg_collation", 3456},     {"pg_default_acl", 826},  {"pg_inherits", 2611},
};

static uint32_t catalog_oid(const char *name)
{
    for (size_t i = 0; i < sizeof catalogs / sizeof catalogs[0]; i++)
        if (strcmp(catalogs[i].name, name) == 0)
            return catalogs[i].oid;
    abort();
}

static uint32_t to_oid(const char *text)
{
    return text == NULL ? 0 : (uint32_t)strtoul(text, NULL, 10);
}

static Address *find_address(const Builder *b, uint32_t class, uint32_t oid, int32_t sub)
{
    Address probe, *found;
    memset(&probe, 0, sizeof probe);
    probe.key.class = class;
    probe.key.oid = oid;
    probe.key.sub = sub;
    HASH_FIND(hh, b->addresses, &probe.key, sizeof probe.key, found);
    return found;
}

static Address *add_address(Builder *b, uint32_t class, uint32_t oid, int32_t sub, Object *object)
{
    Address *a = find_address(b, class, oid, sub);
    if (a != NULL)
        return a;
    a = mem_new(b->scratch, Address);
    a->key.class = class;
    a->key.oid = oid;
    a->key.sub = sub;
    a->object = object;
    HASH_ADD(hh, b->addresses, key, sizeof a->key, a);
    return a;
}

/* ---- objects ---- */

/* Kinds whose oids are those of other objects, told apart by their place in their parent only, cannot be found by oid. */
static bool has_address(const Kind *kind)
{
    return kind != &kinds[KIND_INHERITANCE] && kind != &kinds[KIND_PARTITION] && kind != &kinds[KIND_INDEX_PARTITION] &&
           kind != &kinds[KIND_TS_MAPPING];
}

static Object *new_object(Builder *b, const Kind *kind, const char *const *cells)
{
    Object *o = mem_new(b->model, Object);
    o->kind = kind;
    o->oid = to_oid(cells[0]);
    o->sub = (int32_t)strtol(cells[1], NULL, 10);
    o->schema = cells[3];
    o->name = cells[4];
    o->id = cells[5];
    o->owner = cells[6];
    o->values = cells + KIND_COLUMNS;
    o->number = b->model->objects.n;
    list_push(b->model, &b->model->objects, o);
    if (has_address(kind))
        add_address(b, catalog_oid(kind->catalog), o->oid, o->sub, o);
    /* a composite type's columns are those of a relation behind it */
    if (kind == &kinds[KIND_COMPOSITE])
        add_address(b, b->pg_class, to_oid(o->values[0]), 0, o);
    return o;
}

static void find_parent(Builder *b, Object *o, uint32_t parent)
{
    Address *a = find_address(b, catalog_oid(o->kind->parent_catalog), parent, 0);
    o->parent = a == NULL ? NULL : a->object;
    if (o->parent != NULL)
        list_push(b->model, &o->parent->parts, o);
}

/* Parents may come behind their parts: the columns of views. */
static void set_key(Model *m, Object *o)
{
    SCRATCH void *scratch = mem_scratch();
    if (o->key != NULL)
        return;
    if (o->parent != NULL)
        set_key(m, o->parent);
    o->key = o->parent != NULL    ? mem_printf(m, "%s.%s", o->parent->key, sql_ident(scratch, o->name))
             : o->schema == NULL  ? o->name
             : strchr(o->name, '(') != NULL ? mem_printf(m, "%s.%s", sql_ident(scratch, o->schema), o->name)
                                            : sql_qualified(m, o->schema, o->name);
    map_set(m->by_key, mem_printf(scratch, "%s %s", o->kind->name, o->key), o);
}

static void make_objects(Builder *b)
{
    for (size_t k = 0; k < kinds_count; k++) {
        const Rows *rows = &b->model->rows.v[k];
        for (size_t i = 0; i < rows->n; i++)
            new_object(b, &kinds[k], rows->cells + i * rows->columns);
    }
}

static void connect_parts(Builder *b)
{
    size_t number = 0;
    for (size_t k = 0; k < kinds_count; k++) {
        const Rows *rows = &b->model->rows.v[k];
        for (size_t i = 0; i < rows->n; i++) {
            Object *o = b->model->objects.v[number++];
            if (o->kind->parent_catalog != NULL)
                find_parent(b, o, to_oid(rows_cell(rows, i, 2)));
        }
    }
    for (size_t i = 0; i < number; i++)
        set_key(b->model, b->model->objects.v[i]);
}

/* ---- what hangs on objects ---- */

static Object *object_of_row(const Builder *b, const Rows *rows, size_t i)
{
    Address *a = find_address(b, to_oid(rows_cell(rows, i, 0)), to_oid(rows_cell(rows, i, 1)),
                              (int32_t)strtol(rows_cell(rows, i, 2), NULL, 10));
    return a == NULL || a->is_default || a->is_internal ? NULL : a->object;
}

static void add_comments(Builder *b, const Rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        Object *o = object_of_row(b, rows, i);
        if (o != NULL && !(object_is(o, KIND_SCHEMA) && strcmp(o->name, "public") == 0 &&
                           strcmp(rows_cell(rows, i, 3), "standard public schema") == 0))
            o->comment = rows_cell(rows, i, 3);
    }
}

static void add_labels(Builder *b, const Rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        Object *o = object_of_row(b, rows, i);
        if (o != NULL)
            list_push(b->model, &o->labels, (Label){rows_cell(rows, i, 3), rows_cell(rows, i, 4)});
    }
}

static void add_privileges(Builder *b, const Rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        Object *o = object_of_row(b, rows, i);
        if (o == NULL)
            continue;
        o->has_grants = true;
        const char *privilege = rows_cell(rows, i, 4);
        if (*privilege != '\0')
            list_push(b->model, &o->grants, (Grant){rows_cell(rows, i, 3), privilege, *rows_cell(rows, i, 5) == 't'});
    }
}

/* ---- dependencies ---- */

typedef struct Edge {
    uint32_t class, oid, ref_class, ref_oid;
    int32_t sub, ref_sub;
    char type;
} Edge;

static Edge edge_of_row(const Rows *rows, size_t i)
{
    return (Edge){.class = to_oid(rows_cell(rows, i, 0)),
                  .oid = to_oid(rows_cell(rows, i, 1)),
                  .sub = (int32_t)strtol(rows_cell(rows, i, 2), NULL, 10),
                  .ref_class = to_oid(rows_cell(rows, i, 3)),
                  .ref_oid = to_oid(rows_cell(rows, i, 4)),
                  .ref_sub = (int32_t)strtol(rows_cell(rows, i, 5), NULL, 10),
                  .type = *rows_cell(rows, i, 6)};
}

/* Row types, array types, rewrite rules of views, indexes of constraints, sequences of identity columns … stand for what
 * they are part of. Chains of these are short: a view's row type's array type. */
static void follow_internal(Builder *b)
{
    enum { CHAIN = 3 };
    for (int round = 0; round < CHAIN; round++) {
        for (size_t i = 0; i < b->depends->n; i++) {
            Edge e = edge_of_row(b->depends, i);
            bool is_default = e.class == b->pg_attrdef;
            if ((e.type != 'i' && !is_default) || find_address(b, e.class, e.oid, e.sub) != NULL)
                continue;
            Address *owner = find_address(b, e.ref_class, e.ref_oid, e.ref_sub);
            if (owner == NULL || (is_default && e.ref_sub == 0) || (is_default && e.type != 'a' && e.type != 'i'))
                continue;
            Address *a = add_address(b, e.class, e.oid, e.sub, owner->object);
            a->is_default = is_default || owner->is_default;
            a->is_internal = true;
        }
    }
}

/* A column that is no object of its own (of an index, say) stands for the whole. */
static Address *address_of(const Builder *b, uint32_t class, uint32_t oid, int32_t sub)
{
    Address *a = find_address(b, class, oid, sub);
    return a == NULL && sub != 0 ? find_address(b, class, oid, 0) : a;
}

static void add_need(Builder *b, const Edge *e)
{
    Address *from = address_of(b, e->class, e->oid, e->sub), *on = address_of(b, e->ref_class, e->ref_oid, e->ref_sub);
    if (from == NULL || on == NULL || from->object == on->object)
        return;
    Object *o = from->object;
    bool automatic = e->type != 'n';
    list_push(b->model, &o->needs, (Need){on->object, from->is_default, automatic});
    list_push(b->model, &on->object->needed_by, o);
}

static void add_dependencies(Builder *b)
{
    follow_internal(b);
    for (size_t i = 0; i < b->depends->n; i++) {
        Edge e = edge_of_row(b->depends, i);
        add_need(b, &e);
    }
}

/* What the server does not record as dependencies: a part needs its parent, an object its schema is recorded. */
static void add_parents(Model *m)
{
    for (size_t i = 0; i < m->objects.n; i++) {
        Object *o = m->objects.v[i];
        if (o->parent == NULL)
            continue;
        list_push(m, &o->needs, (Need){o->parent, false, true});
        list_push(m, &o->parent->needed_by, o);
    }
}

/* pg_inherits is no dependency of the partition's bound or the index's place: both sides are needed. */
static void add_inherited(Builder *b)
{
    static const struct {
        KindIndex kind;
        size_t column;
    } references[] = {{KIND_INHERITANCE, 1}, {KIND_PARTITION, 1}, {KIND_INDEX_PARTITION, 1}};
    Model *m = b->model;
    for (size_t r = 0; r < sizeof references / sizeof references[0]; r++) {
        for (size_t i = 0; i < m->objects.n; i++) {
            Object *o = m->objects.v[i];
            if (!object_is(o, references[r].kind))
                continue;
            Address *a = find_address(b, b->pg_class, to_oid(o->values[references[r].column]), 0);
            if (a == NULL)
                continue;
            list_push(m, &o->needs, (Need){a->object, false, true});
            list_push(m, &a->object->needed_by, o);
        }
    }
}

Model *model_new(const void *ctx, RowsList *rows, const TextList *schemas, int version, const char *user)
{
    SCRATCH void *scratch = mem_scratch();
    Model *m = mem_new(ctx, Model);
    m->by_key = map_new(m);
    m->rows = *rows;
    m->version = version;
    m->user = mem_strdup(m, user);
    for (size_t i = 0; i < schemas->n; i++)
        list_push(m, &m->schemas, mem_strdup(m, schemas->v[i]));
    Builder b = {.model = m, .scratch = scratch, .pg_class = catalog_oid("pg_class"), .pg_attrdef = catalog_oid("pg_attrdef")};
    const Rows *extra = m->rows.v + kinds_count;
    b.depends = &extra[3];
    make_objects(&b);
    follow_internal(&b); /* parts may hang on what is internal: the index of a constraint */
    connect_parts(&b);
    add_comments(&b, &extra[0]);
    add_labels(&b, &extra[1]);
    add_privileges(&b, &extra[2]);
    add_dependencies(&b);
    add_parents(m);
    add_inherited(&b);
    HASH_CLEAR(hh, b.addresses);
    return m;
}

Object *model_find(const Model *model, const Kind *kind, const char *key)
{
    SCRATCH void *scratch = mem_scratch();
    return map_get(model->by_key, mem_printf(scratch, "%s %s", kind->name, key));
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

char *object_path(const void *ctx, const Object *o)
{
    if (o->parent != NULL)
        return mem_printf(ctx, "%s.%s", object_path(ctx, o->parent), o->name);
    return o->schema == NULL ? mem_strdup(ctx, o->name) : mem_printf(ctx, "%s.%s", o->schema, o->name);
}
