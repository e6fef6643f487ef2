/* plan/online_steps.h: what the files of online.c share. Not for others. */
#ifndef PLAN_ONLINE_STEPS_H
#define PLAN_ONLINE_STEPS_H

#include "base/map.h"
#include "plan/online.h"

typedef struct Online {
    const void *ctx;
    const StatementList *statements;
    const Model *old;
    bool offline;
    SchemaStepList steps;
    Map *made;      /* keys of tables and views that the plan makes */
    Map *dropped;   /* addresses of objects that statements drop, and of columns that they change */
    Map *replaced;  /* key of an index or constraint that is made anew → number of the statement that drops it */
    bool is_closed; /* the next step begins a group */
    bool *is_moved; /* by number of statement: another's steps have it already, or will */
} Online;

/* Keys of the maps. */
char *online_address(const void *ctx, const void *object);
char *online_key(const void *ctx, const Object *object);

/* Is the table of this part there already, with rows, perhaps, and clients? */
bool online_on_old_table(const Online *on, const Object *part);

/* Adds a step; it begins a group where what stands before must be committed by itself. */
SchemaStep *online_add(Online *on, const Statement *s, const char *sql);
SchemaStep *online_addf(Online *on, const Statement *s, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
SchemaStep *online_add_alone(Online *on, const Statement *s, const char *sql);

/* The name with a word behind it, cut and made unlike others so that it fits into 63 bytes. */
char *online_helper_name(const void *ctx, const char *name, const char *word);

/* A run that was cut off may have left a helper of this name at the table: it goes before the next one comes for the sake of `next`. */
void online_clear_name(Online *on, const Statement *next, const Object *table, KindIndex kind, const char *name);

/* The statement that drops what `new` replaces, when that can stay until its successor is there: nothing that it needs goes before,
 * and no other takes its place. NULL: there is none. */
const Statement *online_movable_drop(Online *on, const Object *new);

/* The statement is no more to be translated in its place. */
void online_move(Online *on, const Statement *drop);

/* ---- partitions: online_partition.c ---- */

/* Is there a default partition beside it that stays? */
bool online_beside_default(const Online *on, const Object *partition);

bool online_can_detach(const Online *on, const Object *partition);
void online_attach(Online *on, const Statement *s);
void online_detach(Online *on, const Statement *s);

/* The detachment that this attachment makes good again, when nothing is done to the two tables in between; NULL. */
const Statement *online_detachment_before(Online *on, const Statement *s);

#endif
