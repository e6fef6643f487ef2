/* deploy/apply.h: the plan of a schema, run on a connection.
 *
 * Each group is one transaction; a statement that cannot run in one is a group by itself. A lock that is not had in time is
 * given up and asked for again (retry.h), so that nobody queues up behind us. */
#ifndef DEPLOY_APPLY_H
#define DEPLOY_APPLY_H

#include "pg/conn.h"
#include "plan/schema_plan.h"

#include <stdint.h>

typedef struct ApplyOptions {
    const TextList *schemas;   /* none: all */
    int64_t lock_timeout_ms;   /* of a statement that may have to wait for others; 0: the server's own */
    long lock_retries;         /* how often a group is tried again after that */
    bool rehearse;             /* the transaction is rolled back: for plans of one group (schema_plan_join()) */
    /* What happens, as it happens; all may be NULL. */
    void (*group_begins)(void *arg, size_t group, size_t steps);
    void (*step_ends)(void *arg, const SchemaStep *step, int64_t ms);
    void (*waiting)(void *arg, const SchemaStep *step, long percent); /* -1: not known */
    bool (*committing)(void *arg, size_t group, Error *err); /* queues what shall commit with the group */
    void *arg;
} ApplyOptions;

typedef struct ApplyResult {
    size_t groups, steps;      /* that were committed */
    int64_t ms;
} ApplyResult;

/* Runs the plan. On failure groups before the failing one stay; the error names group, step and object. */
bool apply_plan(PgConn *conn, const SchemaPlan *plan, const ApplyOptions *options, ApplyResult *result, Error *err);

#endif
