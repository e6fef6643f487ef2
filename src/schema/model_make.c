/* schema/model_make.c: rows become objects that know one another.
 *
 * Models may be large (ten thousand tables are a hundred thousand objects with twice as many dependencies), so objects stand in
 * one array, what belongs to them in slices of one array for each sort, and short texts in a pool. */
#include "schema/model.h"

#include "base/pool.h"
#include "schema/address.h"
#include "schema/dependency.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

/* One object needs another, by their numbers. */
typedef struct Link {
    uint32_t from, on;
    bool by_default, automatic;
} Link;

typedef struct Builder {
    Model *model;
    void *scratch;
    Object *all;
    AddressTable *addresses;
    DependencyGroups dependencies;
    LIST(Link) links;
    Pool keys;
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

static int32_t to_sub(const char *text)
{
    return (int32_t)strtol(text, NULL, 10);
}

static Object *object_at(const Builder *b, Address address)
{
    Place place;
    return address_find(b->addresses, address, &place) ? &b->all[place.object] : NULL;
}

/* ---- objects ---- */

/* Kinds whose oids are those of other objects, told apart by their place in their parent only, cannot be found by oid. */
static bool has_address(const Kind *kind)
{
    return kind != &kinds[KIND_INHERITANCE] && kind != &kinds[KIND_PARTITION] && kind != &kinds[KIND_INDEX_PARTITION] &&
           kind != &kinds[KIND_TS_MAPPING];
}

static void set_object(Object *o, const Kind *kind, const Rows *rows, size_t row)
{
    const char *const *cells = rows->heads + row * rows->own;
    o->kind = kind;
    o->oid = to_oid(cells[0]);
    o->sub = to_sub(cells[1]);
    o->schema = cells[3];
    o->name = cells[4];
    o->id = cells[5];
    o->owner = cells[6];
    o->values = rows_tail(rows, row);
    o->extras = &no_extras;
}

static void add_addresses(Builder *b, const Object *o, uint32_t class)
{
    Place place = {.object = (uint32_t)o->number};
    if (has_address(o->kind))
        address_add(b->addresses, (Address){class, o->oid, o->sub}, place);
    /* a composite type's columns are those of a relation behind it */
    if (object_is(o, KIND_COMPOSITE))
        address_add(b->addresses, (Address){b->pg_class, to_oid(o->values[0]), 0}, place);
}

static void make_objects(Builder *b)
{
    Model *m = b->model;
    size_t n = 0;
    for (size_t k = 0; k < kinds_count; k++)
        n += m->rows.v[k].n;
    b->all = mem_array(m, Object, n + 1);
    b->addresses = address_table_new(b->scratch, n / 2 * 3); /* with what is internal */
    m->objects.v = mem_array(m, Object *, n + 1);
    for (size_t k = 0; k < kinds_count; k++) {
        const Rows *rows = &m->rows.v[k];
        uint32_t class = catalog_oid(kinds[k].catalog);
        for (size_t i = 0; i < rows->n; i++) {
            Object *o = &b->all[m->objects.n];
            o->number = m->objects.n;
            m->objects.v[m->objects.n++] = o;
            set_object(o, &kinds[k], rows, i);
            add_addresses(b, o, class);
        }
    }
}

/* Row types, array types, rewrite rules of views, indexes of constraints, sequences of identity columns … stand for what
 * they are part of, and columns' defaults for their columns. */
static bool follow_group(Builder *b, const DependencyGroup *group)
{
    bool is_default = group->class == b->pg_attrdef, found = false;
    Place place;
    if (group->type != 'i' && !(is_default && group->type == 'a'))
        return false;
    for (size_t i = 0; i < group->all.n; i++) {
        const Dependency *d = &group->all.v[i];
        Address address = dependent_address(group, d);
        if ((is_default && d->on_sub == 0) || address_find(b->addresses, address, &place) ||
            !address_find(b->addresses, needed_address(group, d), &place))
            continue;
        place.is_default |= is_default;
        place.is_internal = true;
        address_add(b->addresses, address, place);
        found = true;
    }
    return found;
}

/* Chains are short: a view's row type's array type. */
static void follow_internal(Builder *b)
{
    for (bool found = true; found;) {
        found = false;
        for (size_t i = 0; i < b->dependencies.n; i++)
            found |= follow_group(b, &b->dependencies.v[i]);
    }
}

/* ---- parents ---- */

/* Columns come as the server has them at hand. */
static void sort_columns(ObjectSlice *parts)
{
    for (size_t i = 1; i < parts->n && object_is(parts->v[i], KIND_COLUMN); i++) {
        Object *o = parts->v[i];
        size_t k = i;
        for (; k > 0 && parts->v[k - 1]->sub > o->sub; k--)
            parts->v[k] = parts->v[k - 1];
        parts->v[k] = o;
    }
}

static void find_parents(Builder *b)
{
    Object *o = b->all;
    for (size_t k = 0; k < kinds_count; k++) {
        const Rows *rows = &b->model->rows.v[k];
        uint32_t class = kinds[k].parent_catalog == NULL ? 0 : catalog_oid(kinds[k].parent_catalog);
        for (size_t i = 0; i < rows->n; i++, o++) {
            if (class != 0)
                o->parent = object_at(b, (Address){class, to_oid(rows_cell(rows, i, 2)), 0});
            if (o->parent != NULL)
                o->parent->parts.n++;
        }
    }
}

static void connect_parts(Builder *b)
{
    size_t n = b->model->objects.n;
    Object **parts = mem_array(b->model, Object *, n + 1);
    find_parents(b);
    for (size_t i = 0; i < n; i++) {
        b->all[i].parts.v = parts;
        parts += b->all[i].parts.n;
        b->all[i].parts.n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        Object *parent = b->all[i].parent;
        if (parent != NULL)
            parent->parts.v[parent->parts.n++] = &b->all[i];
    }
    for (size_t i = 0; i < n; i++)
        sort_columns(&b->all[i].parts);
}

/* Parents may come behind their parts: the columns of views. */
static void set_key(Builder *b, Object *o, Str *ident)
{
    if (o->key != NULL)
        return;
    if (o->parent != NULL)
        set_key(b, o->parent, ident);
    const char *before = o->parent != NULL ? o->parent->key : o->schema;
    if (before == NULL) {
        o->key = o->name;
        return;
    }
    str_clear(ident);
    if (o->parent != NULL)
        str_add(ident, before);
    else
        sql_add_ident(ident, before);
    str_add_char(ident, '.');
    if (o->parent == NULL && strchr(o->name, '(') != NULL) /* is SQL already, with its arguments */
        str_add(ident, o->name);
    else
        sql_add_ident(ident, o->name);
    o->key = pool_text(&b->keys, (View){ident->text, ident->len});
}

static void set_keys(Builder *b)
{
    Str ident = str_new(b->scratch);
    for (size_t i = 0; i < b->model->objects.n; i++)
        set_key(b, &b->all[i], &ident);
    model_index(b->model);
}

/* ---- what hangs on objects ---- */

/* Whom each row is about; NULL: nobody here. */
static Object **objects_of_rows(const Builder *b, const Rows *rows)
{
    Object **objects = mem_array(b->scratch, Object *, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++) {
        Place place;
        Address a = {to_oid(rows_cell(rows, i, 0)), to_oid(rows_cell(rows, i, 1)), to_sub(rows_cell(rows, i, 2))};
        if (address_find(b->addresses, a, &place) && !place.is_default && !place.is_internal)
            objects[i] = &b->all[place.object];
    }
    return objects;
}

static void add_comments(Builder *b, const Rows *rows)
{
    Object **objects = objects_of_rows(b, rows);
    for (size_t i = 0; i < rows->n; i++) {
        Object *o = objects[i];
        if (o != NULL && !(object_is(o, KIND_SCHEMA) && strcmp(o->name, "public") == 0 &&
                           strcmp(rows_cell(rows, i, 3), "standard public schema") == 0))
            object_extras(b->model, o)->comment = rows_cell(rows, i, 3);
    }
}

static void add_labels(Builder *b, const Rows *rows)
{
    Object **objects = objects_of_rows(b, rows);
    for (size_t i = 0; i < rows->n; i++) {
        Label label = {rows_cell(rows, i, 3), rows_cell(rows, i, 4)};
        if (objects[i] != NULL)
            list_push(b->model, &object_extras(b->model, objects[i])->labels, label);
    }
}

static void add_privileges(Builder *b, const Rows *rows)
{
    Object **objects = objects_of_rows(b, rows);
    for (size_t i = 0; i < rows->n; i++) {
        if (objects[i] == NULL)
            continue;
        Extras *extras = object_extras(b->model, objects[i]);
        extras->has_grants = true;
        const char *privilege = rows_cell(rows, i, 4);
        if (*privilege != '\0')
            list_push(b->model, &extras->grants, (Grant){rows_cell(rows, i, 3), privilege, *rows_cell(rows, i, 5) == 't'});
    }
}

/* ---- dependencies ---- */

/* A column that is no object of its own (of an index, say) stands for the whole. */
static bool find_place(const Builder *b, Address address, Place *place)
{
    if (address_find(b->addresses, address, place))
        return true;
    address.sub = 0;
    return address_find(b->addresses, address, place);
}

static void add_dependencies(Builder *b)
{
    for (size_t g = 0; g < b->dependencies.n; g++) {
        const DependencyGroup *group = &b->dependencies.v[g];
        for (size_t i = 0; i < group->all.n; i++) {
            Place from, on;
            if (find_place(b, dependent_address(group, &group->all.v[i]), &from) &&
                find_place(b, needed_address(group, &group->all.v[i]), &on) && from.object != on.object)
                list_push(b->scratch, &b->links, (Link){from.object, on.object, from.is_default, group->type != 'n'});
        }
    }
}

/* What the server does not record as dependencies: a part needs its parent; and pg_inherits, which needs both sides for a
 * child, a partition's bound and an index's place. */
static void add_unrecorded(Builder *b)
{
    static const struct {
        KindIndex kind;
        size_t column;
    } references[] = {{KIND_INHERITANCE, 1}, {KIND_PARTITION, 1}, {KIND_INDEX_PARTITION, 1}};
    for (size_t i = 0; i < b->model->objects.n; i++) {
        const Object *o = &b->all[i], *on = NULL;
        if (o->parent != NULL)
            list_push(b->scratch, &b->links, (Link){(uint32_t)i, (uint32_t)o->parent->number, false, true});
        for (size_t r = 0; r < sizeof references / sizeof references[0] && on == NULL; r++)
            if (object_is(o, references[r].kind))
                on = object_at(b, (Address){b->pg_class, to_oid(o->values[references[r].column]), 0});
        if (on != NULL)
            list_push(b->scratch, &b->links, (Link){(uint32_t)i, (uint32_t)on->number, false, true});
    }
}

static void connect_links(Builder *b)
{
    size_t n = b->links.n;
    Object **needed_by = mem_array(b->model, Object *, n + 1);
    Need *needs = mem_array(b->model, Need, n + 1);
    for (size_t i = 0; i < n; i++) {
        b->all[b->links.v[i].from].needs.n++;
        b->all[b->links.v[i].on].needed_by.n++;
    }
    for (size_t i = 0; i < b->model->objects.n; i++) {
        Object *o = &b->all[i];
        o->needs.v = needs;
        o->needed_by.v = needed_by;
        needs += o->needs.n;
        needed_by += o->needed_by.n;
        o->needs.n = o->needed_by.n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        const Link *l = &b->links.v[i];
        Object *from = &b->all[l->from], *on = &b->all[l->on];
        from->needs.v[from->needs.n++] = (Need){on, l->by_default, l->automatic};
        on->needed_by.v[on->needed_by.n++] = from;
    }
}

Model *model_new(const void *ctx, RowsList *rows, const TextList *schemas, int version, const char *user)
{
    SCRATCH void *scratch = mem_scratch();
    Model *m = mem_new(ctx, Model);
    m->rows = *rows;
    m->version = version;
    m->user = mem_strdup(m, user);
    for (size_t i = 0; i < schemas->n; i++)
        list_push(m, &m->schemas, mem_strdup(m, schemas->v[i]));
    Builder b = {.model = m, .scratch = scratch, .keys = {.owner = m}};
    b.pg_class = catalog_oid("pg_class");
    b.pg_attrdef = catalog_oid("pg_attrdef");
    const Rows *extra = m->rows.v + kinds_count;
    b.dependencies = dependencies_read(scratch, &extra[3]);
    make_objects(&b);
    follow_internal(&b); /* parts may hang on what is internal: the index of a constraint */
    connect_parts(&b);
    set_keys(&b);
    add_comments(&b, &extra[0]);
    add_labels(&b, &extra[1]);
    add_privileges(&b, &extra[2]);
    add_dependencies(&b);
    add_unrecorded(&b);
    talloc_free(b.addresses); /* the largest of all that is not to stay */
    connect_links(&b);
    return m;
}
