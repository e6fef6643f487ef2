/* madeup/world.h: a made-up schema in the making, and the choices that it is made by.
 *
 * Nothing is drawn in sequence: every choice has a key (the pair's seed, the thing it is about, what is chosen), and its outcome
 * is a hash of that. So leaving one thing out changes no other; and the pair's new side is the old one with some choices made
 * anew: each thing has a heat, the share of its choices that come out otherwise there. What is made need not be right in every
 * combination: statements that the server refuses are left out of the pair (database.h). */
#ifndef MADEUP_WORLD_H
#define MADEUP_WORLD_H

#include "base/list.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Thing {
    uint64_t key;
    unsigned heat; /* of 100 choices about it, how many are made anew on the new side */
} Thing;

/* What can be referred to. */
typedef enum Group {
    GROUP_SCHEMA,
    GROUP_COLLATION,
    GROUP_TYPE,             /* data: Type */
    GROUP_SEQUENCE,
    GROUP_CHECKER,          /* a function of text that gives a boolean */
    GROUP_MAKER,            /* a function of nothing that gives a text */
    GROUP_TRIGGER_FUNCTION,
    GROUP_EVENT_FUNCTION,
    GROUP_OPERATOR,         /* of two integers, giving a boolean; its id is OPERATOR(…) */
    GROUP_OPERATOR_CLASS,   /* btree, of integers */
    GROUP_AGGREGATE,        /* of one integer */
    GROUP_TS_DICTIONARY,
    GROUP_TS_CONFIGURATION,
    GROUP_WRAPPER,
    GROUP_SERVER,
    GROUP_TABLE,            /* data: Relation, as of all below */
    GROUP_PARTITIONED,
    GROUP_FOREIGN_TABLE,
    GROUP_VIEW,
    GROUP_MATERIALIZED,
    GROUP_INDEX,            /* data: the Made that it is of */
    GROUP_READER,           /* a function of nothing that gives an integer, by looking into a table */
    GROUPS,
} Group;

enum TypeTraits {
    TYPE_SORTS = 1,
    TYPE_HASHES = 2,
    TYPE_WHOLE = 4,     /* an integer */
    TYPE_COLLATES = 8,
    TYPE_IN_GIN = 16,
    TYPE_IN_GIST = 32,
    TYPE_RANGE = 64,
    TYPE_UNIQUE = 128,  /* its values differ */
    TYPE_TEXT = 256,
    TYPE_USERS = 512,   /* of our own making */
    TYPE_COMPOSITE = 1024,
    TYPE_ARRAY = 2048,
};

typedef struct Type {
    const char *sql;
    const char *values[3]; /* as text, of which rows are made */
    unsigned traits;
} Type;

typedef struct Column {
    const char *id;    /* quoted as needed */
    const Type *type;
    bool takes_values; /* can be named in an INSERT */
} Column;

typedef struct Relation {
    LIST(Column) columns;
    const Column *key; /* column that a foreign key can refer to; NULL */
    bool is_partition;
} Relation;

typedef struct Made {
    Group group;
    uint64_t key;
    const char *schema, *name, *id;
    const void *data;
} Made;
typedef LIST(const Made *) MadeList;

typedef struct World {
    const void *ctx;
    uint64_t seed;
    bool is_new;
    bool many_schemas;
    const char *schema;  /* the one schema, else NULL */
    MadeList made[GROUPS];
    TextList statements;
    TextList rows;       /* statements that fill tables */
} World;

/* ---- choices ---- */

uint64_t mix(uint64_t a, uint64_t b);
uint64_t hash_text(const char *text);

Thing thing(const World *world, const char *what, unsigned number);
Thing part(const Thing *whole, const char *what, unsigned number);

/* One of 0 … n - 1. */
unsigned pick(const World *world, const Thing *thing, const char *slot, unsigned n);
bool chance(const World *world, const Thing *thing, const char *slot, unsigned percent);
const char *pick_text(const World *world, const Thing *thing, const char *slot, const char *const *texts, unsigned n);
#define PICK(world, thing, slot, ...)                                                                                  \
    pick_text((world), (thing), (slot), (const char *const[]){__VA_ARGS__},                                            \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* One of what was made of the group; NULL when there is none. Others that come or go do not change which. */
const Made *refer(const World *world, const Thing *thing, const char *slot, Group group);

/* One of what was made of some groups. */
const Made *refer_any(const World *world, const Thing *thing, const char *slot, const Group *groups, unsigned n);
#define REFER(world, thing, slot, ...)                                                                                 \
    refer_any((world), (thing), (slot), (const Group[]){__VA_ARGS__}, sizeof((const Group[]){__VA_ARGS__}) / sizeof(Group))

/* ---- making ---- */

/* A name, in many cases one that is made to hurt. */
const char *made_name(const World *world, const Thing *thing);

/* The thing as another one that can be referred to, in a schema where `in_schema`. */
Made *make(World *world, const Thing *thing, Group group, bool in_schema);

/* The thing with a name in a schema, that nothing refers to. */
Made *make_alone(const World *world, const Thing *thing);

void say(World *world, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void say_row(World *world, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *textf(const World *world, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The pattern with the text for each @. */
char *fill(const World *world, const char *pattern, const char *text);
const char *quoted(const World *world, const char *literal);

/* Comment, owner, privileges, where it is chosen. `call` is what COMMENT ON and OWNER TO name, "TABLE x"; `grant` what GRANT
 * names; NULL for none. `privileges` are two of it, "SELECT" and "SELECT, INSERT". */
void comment_on(World *world, const Thing *thing, const char *call);
void give_owner(World *world, const Thing *thing, const char *call);
void give_privileges(World *world, const Thing *thing, const char *grant, const char *some, const char *more);
void adorn(World *world, const Thing *thing, const char *call, const char *grant, const char *some, const char *more);

/* A column's type with these traits: the server's, or one of our own. */
const Type *type_for(const World *world, const Thing *thing, const char *slot, unsigned traits);

/* One of the relation's columns with these traits; NULL when it has none. */
const Column *column_for(const World *world, const Thing *thing, const char *slot, const Relation *relation, unsigned traits);

/* ---- the kinds ---- */

typedef void MakeFunction(World *world, const Thing *thing);
void make_schemas(World *world);
MakeFunction make_extension, make_collation, make_enum, make_composite, make_range, make_domain, make_sequence, make_cast;
MakeFunction make_checker, make_maker, make_trigger_function, make_event_function, make_function, make_procedure, make_aggregate,
    make_reader, make_row_function;
MakeFunction make_operator, make_operator_class, make_ts_dictionary, make_ts_configuration, make_wrapper, make_server;
MakeFunction make_table, make_child, make_typed, make_partitioned, make_temporal, make_foreign_table, make_foreign_key, make_late_default, make_owned;
MakeFunction make_index, make_statistics, make_trigger, make_rule, make_policy, make_settings;
MakeFunction make_view, make_materialized;
MakeFunction make_publication, make_event_trigger, make_default_privileges;

/* The columns of a new table, with which rows are made. Shared by the makers of tables. */
typedef struct TableText {
    Str elements;
    Relation *relation;
    TextList after;      /* statements once the table is there, with %s for its id written already */
} TableText;

void add_columns(World *world, const Thing *thing, const Made *table, TableText *text, unsigned most);
void add_constraints(World *world, const Thing *thing, const Made *table, TableText *text);
void make_rows(World *world, const Thing *thing, const Made *table, const Relation *relation);
char *check_expression(const World *world, const Thing *thing, const Relation *relation);

#endif
