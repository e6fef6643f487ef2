/* schema/kind.h: what a kind of object is: one row of kinds[] (kinds.c) and one catalog query (sql/NAME.sql) each.
 *
 * A query gives a fixed beginning (KIND_COLUMNS: oid, sub, parent, schema, name, id, owner) and then the kind's attributes, in
 * the order of its table. Attributes are compared as text, one by one; how a difference is made good stands beside them.
 * Where a statement is more than a template a kind has a function for it. */
#ifndef SCHEMA_KIND_H
#define SCHEMA_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum { KIND_COLUMNS = 7 }; /* oid, sub, parent, schema, name, id, owner */

struct Object;
struct Script;

/* How an attribute comes to be what it shall be. */
typedef enum Manner {
    MANNER_BUILT, /* by CREATE alone: a difference asks for a new object */
    MANNER_SET,   /* by CREATE, and by a statement of its own */
    MANNER_AFTER, /* never by CREATE: always by a statement of its own */
    MANNER_LATE,  /* as AFTER, once everything else is there, for it names another object */
    MANNER_OWN,   /* by CREATE, and by the kind's alter() */
    MANNER_INFO,  /* not compared: for what the kind's functions write, or told by others */
} Manner;

typedef struct Attribute {
    const char *name;  /* the query's column */
    Manner manner;
    const char *set;   /* template (script.h) of the statement that gives it {value} */
    const char *unset; /* and of the one that takes it away; NULL: by `set`, "": by something else */
    bool goes_with_type;  /* of columns: the server forgets it when the type changes */
    bool goes_with_toast; /* of tables: the server forgets it with the TOAST table (diff_renews_toast()) */
    bool is_options;   /* a JSON object of options: {value} is what is set, or reset */
} Attribute;

typedef struct Kind {
    const char *name;      /* for people: "table", "constraint" */
    const char *step_type; /* in plans: "table", "table.constraint" */
    const char *catalog;   /* that its oids are of: "pg_class" */
    const char *parent_catalog; /* of its parent's oid; NULL for kinds that stand alone */
    const char *query;
    const char *call;      /* template: how COMMENT ON, OWNER TO and SECURITY LABEL name it: "TABLE {id}" */
    const char *drop;      /* template; NULL: see take_away() */
    const char *grant;     /* template of what GRANT … ON names: "TABLE {id}"; NULL: it has no privileges */
    const char *all_privileges; /* of its owner, by default; comma-separated */
    const char *public_privilege; /* of everybody, by default; NULL for none */
    char space;            /* objects of one letter and one schema (or parent) must have different names; 0 for none */
    bool database_wide;    /* belongs to no schema */
    bool opens_tables;     /* to print its expressions the server opens their tables: half of the work of reading a schema */
    const Attribute *attributes;
    size_t attributes_count;

    /* The statements that make it, without what its AFTER attributes, owner, privileges and comment need. NULL: the attribute
     * "definition" is the statement. */
    void (*create)(struct Script *script, const struct Object *object);
    /* The statement that takes it away, where `drop` is no template. */
    void (*take_away)(struct Script *script, const struct Object *object);
    /* Makes good the differences of its OWN attributes. */
    void (*alter)(struct Script *script, const struct Object *old, const struct Object *new);
    /* Must these two be dropped and made, though no BUILT attribute differs? */
    bool (*needs_rebuild)(const struct Object *old, const struct Object *new);
} Kind;

extern const Kind kinds[];
extern const size_t kinds_count;

/* Rows that others ask for by name. */
typedef enum KindIndex {
    KIND_SCHEMA, KIND_EXTENSION, KIND_COLLATION, KIND_ENUM, KIND_COMPOSITE, KIND_RANGE, KIND_DOMAIN, KIND_DOMAIN_CONSTRAINT,
    KIND_SEQUENCE, KIND_FUNCTION, KIND_AGGREGATE, KIND_OPERATOR, KIND_OPERATOR_FAMILY, KIND_OPERATOR_CLASS,
    KIND_OPERATOR_FAMILY_MEMBER, KIND_CAST, KIND_TS_DICTIONARY, KIND_TS_CONFIGURATION, KIND_TS_MAPPING, KIND_FDW, KIND_SERVER,
    KIND_USER_MAPPING, KIND_TABLE, KIND_COLUMN, KIND_IDENTITY_SEQUENCE, KIND_INHERITANCE, KIND_CONSTRAINT, KIND_INDEX, KIND_PARTITION,
    KIND_INDEX_PARTITION, KIND_VIEW, KIND_RULE, KIND_TRIGGER, KIND_POLICY, KIND_STATISTICS, KIND_EVENT_TRIGGER,
    KIND_PUBLICATION, KIND_PUBLICATION_MEMBER, KIND_DEFAULT_PRIVILEGES,
} KindIndex;

#endif
