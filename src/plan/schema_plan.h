/* plan/schema_plan.h: the steps from one schema to another, as they will be run: in transaction groups, in forms that spare the
 * clients of a running database, each with the locks that it takes and what is dangerous about it.
 *
 * Plain data: it is printed, stored in a file, and run by deploy/apply.h. */
#ifndef PLAN_SCHEMA_PLAN_H
#define PLAN_SCHEMA_PLAN_H

#include "base/error.h"
#include "schema/desired_files.h"
#include "schema/diff.h"

#include <jansson.h>

/* What is dangerous: a row of hazard_rules[] (hazards.c). */
typedef struct HazardRule {
    const char *id;       /* "data-loss" */
    const char *severity; /* "error", "warning", "notice" */
    const char *why;
    const char *safer;    /* what to do instead; NULL: nothing */
} HazardRule;

typedef struct Hazard {
    const HazardRule *rule;
    const char *detail;   /* of what; NULL */
} Hazard;

typedef struct Lock {
    const char *mode;     /* "ACCESS EXCLUSIVE" */
    const char *on;       /* as SQL names it */
} Lock;

typedef struct SchemaStep {
    const char *sql;      /* one statement, without its semicolon */
    const char *type, *operation, *path;
    const char *schema, *name, *part; /* of the object; part: NULL for whole objects */
    const char *wait_message; /* not NULL: the statement is asked again until its column "done" is true */
    bool no_transaction;  /* the server refuses it in a transaction */
    bool begins_group;    /* what stands before it must be committed */
    LIST(Lock) locks;
    LIST(Hazard) hazards;
} SchemaStep;

typedef struct SchemaGroup {
    LIST(SchemaStep) steps;
} SchemaGroup;

typedef struct SchemaPlan SchemaPlan;
struct SchemaPlan {
    LIST(SchemaGroup) groups;
    size_t steps_count;
    const char *fingerprint;   /* of the target as it was, as pgschema computes it; NULL: not known */
    const char *digest;        /* of the target as it was, by ours: names relative to the schema */
    json_t *object_digests;    /* path → digest, to say what has changed; NULL */
    const char *created_at;    /* RFC 3339 */
    const char *made_by;       /* program's version */
    /* what it was made for */
    const char *system_identifier, *database, *server_version;
    TextList schemas;          /* none: all */
    SchemaPlan *way_back;     /* from the new state to what was there; NULL: not asked for */
    StatementList differences; /* before they became steps, to be written with them; objects are not owned. None: not asked for */
    TextList notes;            /* what the plan leaves alone, and what may have been meant */
};

typedef struct SchemaPlanOptions {
    const char *digest;    /* of the target, and of each object, from before what does not matter for the plan was taken out; NULL: */
    json_t *object_digests; /* they are made here */
    bool way_back;         /* the plan's way back as well */
    bool keep_differences; /* in SchemaPlan.differences */
    bool offline;          /* plain forms: nobody else uses the database */
    const Model *target;   /* the target as it is, when `old` is what it would be after `first`; NULL: `old` */
    const StatementList *first; /* statements that go before the difference; NULL */
    DiffOptions diff;
} SchemaPlanOptions;

/* The plan from `old` to `new`. Owned by `ctx`. */
SchemaPlan *schema_plan_make(const void *ctx, const Model *old, const Model *new, const SchemaPlanOptions *options);

/* Puts the statements of a script before or behind all steps, as groups of their own. */
void schema_plan_add_script(SchemaPlan *plan, const WantedFiles *script, bool before);

/* Puts all steps into one group, to be rolled back. For plans that were made `offline`. */
void schema_plan_join(SchemaPlan *plan);

/* The plan as JSON in the format 1.0.0 of pgschema, with further fields beside it. New reference. */
json_t *schema_plan_json(const SchemaPlan *plan);

/* Reads one, also of pgschema. NULL with ERR_CONFIG when it is none or of an unknown format. Owned by `ctx`. */
SchemaPlan *schema_plan_read(const void *ctx, const char *path, Error *err);

/* Texts, owned by `ctx`. SQL can be run by psql as it is. `styles`: UI escapes for added, changed, dropped, heading, end; all
 * "" for none. */
typedef struct PlanStyles {
    const char *added, *changed, *dropped, *heading, *end;
} PlanStyles;
char *schema_plan_human(const void *ctx, const SchemaPlan *plan, const PlanStyles *styles);
/* What changes, without the statements. */
char *schema_plan_summary(const void *ctx, const SchemaPlan *plan, const PlanStyles *styles);
char *schema_plan_sql(const void *ctx, const SchemaPlan *plan);
char *schema_plan_markdown(const void *ctx, const SchemaPlan *plan);
char *schema_plan_way_back(const void *ctx, const SchemaPlan *plan); /* as SQL */

/* The same for programs: [{"change": "modify", "type": "table", "name": "public.people",
 * "parts": [{"change": "add", "type": "column", "name": "note"}]}, …]. New reference. */
json_t *schema_plan_changes_json(const SchemaPlan *plan);

/* Adds locks and hazards to the steps of a statement. Not for other floors. */
void hazards_add(const void *ctx, SchemaStep *step, const Statement *statement, const Model *old);

/* Adds the lock that the statement takes on this table. Not for other floors. */
void hazards_lock(const void *ctx, SchemaStep *step, const char *table);

extern const HazardRule hazard_rules[];
extern const size_t hazard_rules_count;

/* A digest of a model that does not depend on oids, nor on the schema's name when it is one; and of each object. */
char *model_digest(const void *ctx, const Model *model, json_t *objects);

#endif
