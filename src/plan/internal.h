/* plan/internal.h: what the files of plan/ share. Not for others. */
#ifndef PLAN_INTERNAL_H
#define PLAN_INTERNAL_H

#include "plan/plan.h"

/* Refuses to go on while a change is unsettled, naming the first. */
bool plan_check_unsettled(const History *h, Error *err);

/* Puts an error on the plan line of `change`. Returns false. */
bool plan_place(Error *err, const Change *change, long column);

#endif
