/* deploy/suite_tasks.h: what a suite has to do, and what must be done first. */
#ifndef DEPLOY_SUITE_TASKS_H
#define DEPLOY_SUITE_TASKS_H

#include "deploy/cycle.h"

#include <jansson.h>

typedef enum TaskState { TASK_WAITING, TASK_RUNNING, TASK_DONE } TaskState;

/* A database to make: for the cycle of a module, or as the base of others. */
typedef struct Task {
    Module *module;      /* NULL: a base */
    CycleDepth depth;    /* of its cycle */
    ModuleList required; /* what the module requires, in the order of deployment; what the base holds */
    struct Task *from;   /* the base that it is a copy of; NULL: none */
    const char *database;
    TaskState state;
    CycleBase base;      /* of a base: what was made; its database is NULL when that failed */
    json_t *result;      /* of a cycle */
    bool shared;         /* another one ran at the same time */
    bool again;          /* it is to run once more, alone */
} Task;
typedef LIST(Task *) TaskList;

/* A base wherever what several modules require begins alike, those that others are copies of first; then a cycle for
 * each module, in their order: of the depth that is asked for, and for the `covered` ones CYCLE_REHEARSES. */
bool suite_tasks(const void *ctx, const CycleOptions *options, const ModuleList *modules, const ModuleList *covered,
                 TaskList *tasks, Error *err);

/* The base that is there for the task: its own, or, when that could not be made, one that that was a copy of. */
const CycleBase *task_base(const Task *task);

#endif
