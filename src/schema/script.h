/* schema/script.h: statements as they are written down, and the templates that they are made of.
 *
 * In a template {id} is the object as SQL names it, {name} its own name, {parent} its parent's id, {keyword} and
 * {parent_keyword} what their kinds are called ("FOREIGN TABLE"), {value} and {literal} the attribute's text, plain and as a
 * constant, {ident} as a name, {beside} that of an index that is named as it; {only} is ONLY where the parent is a table, {not_null} the constraint behind a column's NOT NULL. */
#ifndef SCHEMA_SCRIPT_H
#define SCHEMA_SCRIPT_H

#include "base/pool.h"
#include "schema/model.h"

typedef struct Statement {
    const char *sql;       /* without its semicolon */
    const char *type;      /* "table.column" */
    const char *operation; /* create, alter, drop, recreate */
    const char *path;      /* NULL: the object's; see statement_path() */
    const Object *object;  /* as it will be; where it is dropped as it was */
    const Object *old;     /* as it was; NULL: it was not there */
    const char *attribute; /* that is changed; NULL: the object */
    bool is_between;       /* something is away that comes back: the sooner the better */
    bool takes_away;       /* drops the object */
    bool is_online;        /* asks for a form that spares the clients: an index that is built, a constraint that is checked */
} Statement;
typedef LIST(Statement) StatementList;

typedef struct Script {
    const void *ctx; /* for what is needed while a statement is made */
    Pool texts;      /* its owner owns the statements with their texts */
    StatementList statements;
    /* what the next statements are for */
    const Object *object, *old;
    const char *operation;
    const Object *replaced; /* of which the object takes the place; NULL: none */
    bool takes_away;
    const bool *has_above; /* by Object.number of a new one: what its type becomes is said where it comes from; NULL: none */
    const bool *follows_new; /* by Object.number of a new one: it comes with the part that it comes from; NULL: none */
    const bool *drop_only; /* by Object.number of an old one: it goes from its table, not from the children; NULL: none */
    const bool *renews_not_null; /* by Object.number of a new one: its NOT NULL is written elsewhere; NULL: none */
    const bool *put_off; /* by Object.number: parts that CREATE TABLE must leave to statements of their own; NULL: none */
} Script;

/* What it is about, as plans name it: "public.users.id". */
const char *statement_path(const void *ctx, const Statement *statement);

/* Is the part left to a statement of its own? Of a column only its default is. */
bool script_puts_off(const Script *script, const Object *part);

void script_begin(Script *script, const Object *old, const Object *object, const char *operation);

/* Adds one statement. The result may be changed until the next call. */
Statement *script_add(Script *script, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A copy that lives as long as the statements. */
const char *script_keep(Script *script, const char *text);

/* Adds a template's statement, about an attribute. */
void script_template(Script *script, const char *template, const Object *object, const char *attribute, const char *value);

/* A template's text, owned by `ctx`. */
char *template_text(const void *ctx, const char *template, const Object *object, const char *value);

/* The attribute's value; NULL when there is none. Asking for one that the kind does not have is a bug (abort). */
const char *object_value(const Object *object, const char *attribute);
bool object_flag(const Object *object, const char *attribute);

/* "TABLE", "MATERIALIZED VIEW", "PROCEDURE". */
const char *object_keyword(const Object *object);

/* A name in the table's schema, qualified where the table's is: that of an index. */
char *name_beside(const void *ctx, const Object *table, const char *name);

/* Of the constraint behind a column's NOT NULL, as 18 names it. */
const char *column_not_null_name(const void *ctx, const Object *column);

/* That constraint, for CREATE TABLE and ADD: "CONSTRAINT t_a_not_null NOT NULL a NO INHERIT". */
char *column_not_null_clause(const void *ctx, const Object *column);

/* A JSON object of options as `name = 'value', …`. "" for none. */
const char *options_text(const void *ctx, const char *json);

/* What ALTER … SET and RESET must name, to come from the one to the other; "" for nothing. */
const char *options_set(const void *ctx, const char *old, const char *new);
const char *options_reset(const void *ctx, const char *old, const char *new);

/* The same for options of foreign things, which know ADD, SET and DROP; `name 'value', …` for the first form. */
const char *foreign_options_text(const void *ctx, const char *json);
const char *foreign_options_change(const void *ctx, const char *old, const char *new);

#endif
