/* cli/plan_render.h: a Plan and a Run, for people and for programs. */
#ifndef CLI_PLAN_RENDER_H
#define CLI_PLAN_RENDER_H

#include "cli/session.h"
#include "deploy/run.h"
#include "deploy/verify.h"

/* Steps in their transactions, one line each. */
void render_plan(const Plan *plan, const char *verb);

/* The statements as they would be sent, as a script that psql can read. ERR_CONFIG when a script cannot be read. */
bool render_plan_sql(const Plan *plan, const Session *s, const char *verb, Error *err);

/* Deployed scripts that were edited, as warnings. */
void render_changed(const ChangedList *changed);

json_t *plan_json(const Plan *plan);                    /* new reference */
json_t *run_json(const Run *run, const Error *failure); /* new reference; `failure` may be empty */

/* What was done, or how far it came. */
void render_run(const Run *run, const char *verb, const Error *failure);

#endif
