/* schema/model.h: what a database, or some schemas of it, consist of.
 *
 * Read with a fixed number of queries (load.h), or from a file (cache.h). Plain data: texts are the server's own renderings,
 * with names relative to the search path of the reading session. */
#ifndef SCHEMA_MODEL_H
#define SCHEMA_MODEL_H

#include "base/list.h"
#include "schema/kind.h"
#include "schema/rows.h"

#include <stdint.h>
#include <string.h>

typedef struct Object Object;
typedef LIST(Object *) ObjectList;
typedef SLICE(Object *) ObjectSlice;

/* One privilege of one grantee. */
typedef struct Grant {
    const char *grantee;   /* a role; "" is the owner, NULL is PUBLIC */
    const char *privilege; /* "SELECT" */
    bool grantable;
} Grant;
typedef LIST(Grant) GrantList;

typedef struct Label {
    const char *provider, *text;
} Label;

/* What hangs on an object. */
typedef struct Extras {
    const char *comment; /* NULL: none */
    bool has_grants;     /* false: the kind's default privileges */
    GrantList grants;
    GrantList ignored_grants; /* those that the ignore rules took out: they are given back to what is made anew */
    LIST(Label) labels;
} Extras;

/* What an object needs to be there. */
typedef struct Need {
    Object *on;
    bool by_default; /* only its default expression does: a column can be there without that */
    bool automatic;  /* is dropped with it, without CASCADE */
} Need;

struct Object {
    const Kind *kind;
    const char *key;      /* tells it from the others of its kind */
    const char *schema;   /* NULL: of no schema */
    const char *name;     /* plain, or with argument types; names of parts are those within their parent */
    const char *id;       /* as SQL names it */
    const char *owner;    /* NULL: its parent's; "" where nobody said who */
    const char *const *values; /* by the kind's attributes; NULL where there is none */
    Object *parent;
    ObjectSlice parts;    /* whose parent it is */
    SLICE(Need) needs;    /* its parent among them */
    ObjectSlice needed_by;
    const Extras *extras; /* what hangs on it; most objects share the same empty ones */
    bool is_external;     /* an ignored table that is there for its triggers alone (ignore.h) */
    uint32_t oid;
    int32_t sub;
    size_t number;        /* its place in Model.objects */
};

/* Rows beside those of the kinds: comments, security labels, privileges, dependencies. */
enum { MODEL_EXTRA_ROWS = 4 };

typedef struct Model {
    ObjectSlice objects;  /* by kind, then as the query gave them */
    ObjectSlice by_key;   /* a hash table with open addressing; its size is a power of two */
    RowsList rows;        /* that it was made of; own all texts */
    TextList schemas;     /* that were asked for; none: all */
    int version;          /* server_version_num */
    const char *user;     /* who read it */
} Model;

/* Makes a model of rows: one set for each kind in their order, then comments, labels, privileges, dependencies. Takes over
 * the rows. */
Model *model_new(const void *ctx, RowsList *rows, const TextList *schemas, int version, const char *user);

/* Numbers the objects and makes them findable: to be called when some were taken out of `objects`. */
void model_index(Model *model);

/* NULL when there is none. */
Object *model_find(const Model *model, const Kind *kind, const char *key);

static inline bool object_is(const Object *o, KindIndex kind)
{
    return o->kind == &kinds[kind];
}

static inline bool object_is_type(const Object *o)
{
    return strcmp(o->kind->catalog, "pg_type") == 0;
}

/* A column of a table, and an attribute of a composite type. */
static inline bool object_is_table_column(const Object *o)
{
    return object_is(o, KIND_COLUMN) && o->parent != NULL && object_is(o->parent, KIND_TABLE);
}

static inline bool object_is_attribute(const Object *o)
{
    return object_is(o, KIND_COLUMN) && o->parent != NULL && object_is(o->parent, KIND_COMPOSITE);
}

/* What the one needs the other for; where it is several things, one that is not its default. NULL: nothing. */
const Need *object_need_of(const Object *from, const Object *on);

/* What hangs on an object that has nothing. */
extern const Extras no_extras;

/* What hangs on an object, to be changed. Owned by `ctx` where it had nothing so far. */
Extras *object_extras(const void *ctx, Object *object);

/* Would these have the same name, if both were there? Writes a text that is equal then; NULL for kinds without such rule. */
char *object_space(const void *ctx, const Object *object);

/* Its name without argument types, unquoted: "f" of f(integer). */
char *object_plain_name(const void *ctx, const Object *object);

/* The whole's part of the same kind and name; NULL when it has none, or is NULL. */
Object *object_part_like(const Object *whole, const Object *part);

/* Is it what ties a table to its parent, or a partition to its whole? */
bool is_link(const Object *o);

/* The table at the other end of that; NULL when it is not of the model. */
const Object *link_above(const Object *link);

/* The next part of the same kind and name above a table's part, by link number *at of its table on, which moves behind that; NULL
 * behind the last. */
Object *part_above(const Object *part, size_t *at);

/* "public.users.id", as plans name it. */
char *object_path(const void *ctx, const Object *object);

#endif
