/* plan/plan.h: what would be run, before anything is.
 *
 * Project and history go in; steps in order, in transaction groups, come out. A Plan is plain data: it can be printed,
 * compared and run (deploy/), and holds no connection. Nothing is sent from here. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "history/history.h"
#include "project/project.h"
#include "sql/script.h"

#include <stdbool.h>

typedef enum StepKind {
    STEP_EXTENSION, /* CREATE EXTENSION of a native extension */
    STEP_DEPLOY,
    STEP_REVERT,
    STEP_DROP_EXTENSION,
} StepKind;

typedef struct Step {
    StepKind kind;
    Change *change;                /* NULL: an extension, or a revert of what no plan has */
    Deployed *deployed;            /* of a revert */
    const char *extension;         /* of STEP_EXTENSION and STEP_DROP_EXTENSION */
    const ExtensionUse *provided;  /* where and how a module wants it; NULL: the default */
    const char *script;            /* path of what runs; NULL when it is only logged */
    const char *verify;            /* path of the verify script; NULL: none, or not wanted */
    SqlSummary summary;            /* of `script` */
    char script_hash[DIGEST_HEX_MAX]; /* of the deploy script, as the history keeps it */
} Step;
typedef LIST(Step) StepList;

/* Steps that are committed together. */
typedef struct Group {
    bool transaction; /* false: one step, its statements outside a transaction */
    size_t first, count;
    const char *why;  /* why it stands apart from the group before it; NULL for the first */
} Group;
typedef LIST(Group) GroupList;

/* Where transactions end: at the end of the run, of each module, behind each tagged change, each change, each statement. */
typedef enum TxMode { TX_RUN, TX_MODULE, TX_TAG, TX_CHANGE, TX_NONE } TxMode;

/* A deployed change whose script is not what was deployed. */
typedef struct ChangedScript {
    Deployed *deployed;
    char hash[DIGEST_HEX_MAX]; /* of the file now; "" when it is gone */
} ChangedScript;
typedef LIST(ChangedScript) ChangedList;

typedef struct Plan {
    StepList steps;
    GroupList groups;
    TagList late_tags;   /* tags that were set on changes that are deployed already */
    ChangedList changed;
    OrderList order;     /* modules and native extensions, each after what it requires */
    ModuleList modules;  /* that take part, in their order */
    size_t deployed;     /* changes of these that are deployed already */
    TextList notices;    /* what a person should know: "…" */
} Plan;

typedef struct PlanOptions {
    Workspace *ws;
    History *history;
    ModuleList roots;      /* what was asked for */
    Change *to;            /* of a root; NULL: to the end */
    bool recursive;        /* also what the roots require */
    bool log_only;
    bool verify;
    bool pin_tags;         /* required modules only as far as what is deployed asks for */
    bool single_transaction;
    TxMode tx;
    const Map *variables;
    /* revert */
    bool all;              /* every deployed change of the roots */
    bool modified;         /* of each root: the first change whose script was edited, and what came after it */
    bool cascade;          /* dependents too */
    Change *only;          /* this one change */
} PlanOptions;

/* What a deploy would do. ERR_CONFIG: a missing requirement, a conflict, a script that cannot be read or split, two equal
 * scripts where the history forbids them; ERR_USAGE: `to` lies behind what is deployed; ERR_DIFFERS: the history has what
 * the plan has not, where that matters, or a change was cut off outside a transaction. Extensions are all taken as wanted:
 * plan_extensions() checks them. */
Plan *plan_deploy(const void *ctx, const PlanOptions *options, Error *err);

/* What a revert would do: the changes of the roots after `to`, or as `all`, `modified` and `only` say (default: only the last
 * one deployed), and with `cascade`
 * those that require them, in reverse order of their deployment. ERR_USAGE: `to` is not deployed, or others require what
 * would go; ERR_CONFIG: no revert script. */
Plan *plan_revert(const void *ctx, const PlanOptions *options, Error *err);

/* Takes the steps of extensions that are installed out of the plan, and refuses those that the server does not have,
 * naming who asks for them. One query. */
bool plan_extensions(Plan *plan, PgConn *conn, const Workspace *ws, Error *err);

/* Adds to a revert the extensions that the roots ask for, that a run of ours made, and that no module which stays deployed
 * asks for. One query. */
bool plan_drop_extensions(Plan *plan, const History *h, Workspace *ws, const ModuleList *roots, Error *err);

/* Divides the steps into groups: by `tx`, around steps that cannot run in a transaction or add enum values, and before the
 * server's lock table would overflow. With options->single_transaction more than one group is ERR_CONFIG. */
bool plan_group(Plan *plan, const PlanOptions *options, Error *err);

/* Reads and hashes every deploy script of these modules ahead of plan_changed(): while the server is busy with history_ask(). */
void plan_hash_scripts(const ModuleList *modules, DigestKind kind);

/* Deployed changes of `modules` whose deploy script differs from what the history knows. */
void plan_changed(const void *ctx, const History *h, const ModuleList *modules, ChangedList *out);

/* Options for reading a script of a module. */
SqlScriptOptions plan_script_options(const Workspace *ws, const Change *change, const Map *variables);

/* "module:change" as messages name it, owned by `ctx`. */
char *plan_step_name(const void *ctx, const Step *step);

#endif
