/* cli/schema_session.h: what the commands over schemas share: which schemas, the target as it is, and as files want it. */
#ifndef CLI_SCHEMA_SESSION_H
#define CLI_SCHEMA_SESSION_H

#include "cli/session.h"
#include "history/audit.h"
#include "plan/schema_plan.h"
#include "schema/ignore.h"

typedef struct SchemaSession {
    Invocation *inv;
    TextList schemas;   /* none: all */
    IgnoreRules *rules;
    PgConn *conn;
    Model *target;      /* as it is */
    Model *wanted;      /* as the files say; after schema_wanted() */
    Model *renamed;     /* the target after the renames that the files say, and as the server prints it that plans are made on;
                           NULL: as it is */
    StatementList renames;
    SchemaPlan *plan;   /* after schema_make_plan() */
} SchemaSession;

/* Does this command line, or this folder, speak of a schema rather than of a plan of changes? */
bool schema_is_meant(const Invocation *inv);

/* The same of commands that know nothing else. */
bool schema_is_always_meant(const Invocation *inv);

/* Those of --schema; none for all. */
bool schema_names(Invocation *inv, TextList *schemas, Error *err);

/* Makes known to libpq what the flags of pgschema say of the connection. Before connecting. */
void schema_environment(const Invocation *inv);

/* Connects, and reads what is to be ignored, but nothing of the database. */
bool schema_connect(SchemaSession *s, Invocation *inv, Error *err);

/* Reads the target. ERR_CONFIG when a schema is not there. */
bool schema_target(SchemaSession *s, Error *err);

/* Reads what --file (else schema.sql) asks for. */
bool schema_wanted(SchemaSession *s, Error *err);

/* The state that a file or a folder of files asks for, on a server like that of s->conn. NULL on failure. */
Model *schema_of_file(SchemaSession *s, const char *path, Error *err);

/* Nothing, as s->conn would read it. */
Model *model_of_nothing(SchemaSession *s);

/* Two states that servers of different versions print are brought to one version. */
bool schema_same_version(SchemaSession *s, Error *err);

/* Writes a plan as the --output flags ask; else for people to stdout. At most one of them may go there. */
bool schema_outputs_check(const Invocation *inv, Error *err);
bool schema_outputs_write(Invocation *inv, const SchemaPlan *plan, Error *err);

/* The target's identity; NULL: who asks may not know it. */
const char *schema_system_identifier(SchemaSession *s);

/* Makes the plan from the one to the other. */
bool schema_make_plan(SchemaSession *s, Error *err);

/* Does --forbid name this hazard, and --allow not? */
bool schema_forbids(const Invocation *inv, const char *hazard);

/* Refuses hazards that --forbid names and --allow does not: ERR_REFUSED. */
bool schema_guard(SchemaSession *s, const SchemaPlan *plan, Error *err);

/* "public", "a,b", "*". Owned by `ctx`. */
char *schema_names_text(const void *ctx, const TextList *schemas);

/* Queues what the schemas in s->conn look like now: what `drift` compares with. */
bool schema_save_state(const SchemaSession *s, History *h, const Audit *a, Error *err);

/* Styles for the human form on stdout. */
PlanStyles schema_styles(void);

/* Rules of --ignore-file, or of .pgschemaignore and .pgwrightignore in the working folder, and of --ignore. Then
 * schema_ignore() on each model that is read; and ignore_pair() on two that are compared. */
bool schema_ignore_rules(Invocation *inv, IgnoreRules **rules, Error *err);

/* Takes out what the rules match, and tells how much that was (--verbose). */
void schema_ignore(Model *model, const IgnoreRules *rules);

#endif
