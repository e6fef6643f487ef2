/* plan/online.h: forms of statements that spare the clients of a running database. Not for other floors. */
#ifndef PLAN_ONLINE_H
#define PLAN_ONLINE_H

#include "plan/schema_plan.h"

typedef LIST(SchemaStep) SchemaStepList;

/* The steps for the statements, in order. What is made on tables that the plan makes itself keeps its plain form, as does
 * everything when `offline`. */
SchemaStepList online_steps(const void *ctx, const StatementList *statements, const Model *old, bool offline);

#endif
