/* schema/action.h: what is done with one object at one time: the nodes of the order. Not for other floors. */
#ifndef SCHEMA_ACTION_H
#define SCHEMA_ACTION_H

#include "schema/diff.h"

typedef enum ActionKind {
    ACT_RELEASE, /* what stands in the way of others' drops: a column's default, a sequence's owner */
    ACT_DROP,
    ACT_RENAME,  /* a type that columns use makes room for its successor */
    ACT_ALTER,
    ACT_CREATE,
    ACT_DEFAULT, /* a new column's default that was put off */
    ACT_LATE,    /* attributes that name other objects */
    ACT_REMOVE,  /* the renamed type goes */
} ActionKind;

/* When it is its turn among those that are free: what is away for a while is away between things that are done for its sake alone. */
typedef enum Stage {
    STAGE_BEFORE, /* needs nothing to be away */
    STAGE_AWAY,   /* takes away what comes back, brings it back, or must be done in between */
    STAGE_AFTER,  /* the rest */
} Stage;

typedef struct Action {
    ActionKind kind;
    Stage stage;
    Object *old, *new;
    bool is_silent;      /* part of another's: of its table's CREATE or DROP, of its parent's change */
    size_t container;    /* that one; itself when it is not silent */
    bool is_recreated;
    LIST(size_t) before; /* those that must wait for it */
    size_t waits;        /* for how many, as long as it is being ordered */
    bool is_done;
} Action;

/* What becomes of a pair. */
typedef enum Fate {
    FATE_SAME,
    FATE_ALTER,
    FATE_REBUILD, /* dropped and made */
    FATE_GONE,    /* only the old one is there */
    FATE_NEW,     /* only the new one */
} Fate;

enum { NO_ACTION = SIZE_MAX };

typedef struct Diff {
    const void *ctx;
    const Model *old, *new;
    const DiffOptions *options;
    Object **new_of;  /* by old->number; NULL: there is none */
    Object **old_of;  /* by new->number */
    Fate *old_fate, *new_fate;
    bool *redefault;  /* by old->number: the column's default must be away while something is dropped */
    bool *retype;     /* by old->number: the column's type is made anew under the same name */
    bool *follows_old; /* by old->number: goes with the part that it comes from */
    bool *drop_only;   /* by old->number: children keep theirs */
    bool *follows_new; /* by new->number: comes with the part that it comes from */
    bool *has_above;   /* by new->number: its type is that of the part that it comes from */
    bool *put_off_new, *put_off_old; /* parts that get a statement of their own, to break a cycle */
    LIST(Action) actions;
    size_t *first_of_old, *last_of_old; /* actions of an object: which takes it away, or changes it; NO_ACTION */
    size_t *make_of_new;                /* which makes or changes it */
} Diff;

/* Decides every object's fate. */
void diff_decide(Diff *diff);

/* Whose it shall be: whom the new state names, else whose it was. NULL: of the role that makes it. */
const char *wanted_owner(const Diff *diff, const Object *new);

/* Finds out what is handed down between tables: inherit.c. */
void diff_follow(Diff *diff);

/* A column or a check that its table has from its parents alone. */
bool comes_from_parent(const Object *object);

/* What must wait for what between tables that hang together. */
void diff_order_inherited(Diff *diff);

/* The one action waits for the other; nothing happens when there is one of them only. */
void diff_wait(Diff *diff, size_t later, size_t earlier);

/* Makes the actions and what must wait for what. */
void diff_actions(Diff *diff);

/* Finds out the stages: stage.c. */
void diff_stages(Diff *diff);

/* Puts them in order; false when parts had to be put off: make the actions anew then. */
bool diff_order(Diff *diff, size_t *order);

/* Writes the statements of one action. */
void action_write(Diff *diff, Script *script, const Action *action);

/* Does the pair differ in an attribute of this manner, or (by_alter) in one that alter() makes good? */
bool pair_differs(const Object *old, const Object *new, Manner manner);

#endif
