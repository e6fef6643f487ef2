/* schema/action.h: what is done with one object at one time: the nodes of the order. Not for other floors. */
#ifndef SCHEMA_ACTION_H
#define SCHEMA_ACTION_H

#include "schema/diff.h"

typedef enum ActionKind {
    ACT_RELEASE, /* what stands in the way of others' drops: a column's default, a sequence's owner */
    ACT_DROP,
    ACT_RENAME,  /* a type that columns use, or a column with values, makes room for its successor */
    ACT_ALTER,
    ACT_CREATE,
    ACT_DEFAULT, /* a new column's default that was put off */
    ACT_NOT_NULL, /* the constraints behind NOT NULL of a family of columns are made anew */
    ACT_TIE,     /* a table becomes, or is again, one of a type */
    ACT_LATE,    /* attributes that name other objects */
    ACT_REMOVE,  /* what was renamed goes */
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
    bool is_mute;        /* silent, and nothing hangs on its object: it writes nothing at all and is not ordered */
    size_t waits;        /* for how many, as long as it is being ordered */
    bool is_done;
} Action;

/* One action must wait for another, by their numbers. */
typedef struct Wait {
    uint32_t later, earlier;
} Wait;

/* What becomes of a pair. */
typedef enum Fate {
    FATE_SAME,
    FATE_ALTER,
    FATE_REBUILD, /* dropped and made */
    FATE_GONE,    /* only the old one is there */
    FATE_NEW,     /* only the new one */
} Fate;

enum { NO_ACTION = SIZE_MAX };

/* Old columns that come from one another before and after. */
typedef LIST(const Object *) Family;

/* A family whose constraints behind NOT NULL are made anew together. */
typedef struct Renewal {
    Family family;
    size_t action;
} Renewal;

typedef struct Diff {
    const void *ctx;
    const Model *old, *new;
    const DiffOptions *options;
    Object **new_of;  /* by old->number; NULL: there is none */
    Object **old_of;  /* by new->number */
    Fate *old_fate, *new_fate;
    bool *redefault;  /* by old->number: the column's default must be away while something is dropped */
    bool *retype;     /* by old->number: the column's type is made anew under the same name */
    bool *recheck;    /* by old->number: the check is not validated any more once a column's type has changed */
    bool *moved;      /* by old->number: the column is made anew behind others, with its values */
    bool *untied;     /* by old->number: the typed table is freed of its type while that changes */
    bool *follows_old; /* by old->number: goes with the part that it comes from */
    bool *drop_only;   /* by old->number: children keep theirs */
    bool *follows_new; /* by new->number: comes with the part that it comes from */
    bool *renews_not_null; /* by new->number: the column's is of a renewal */
    LIST(Renewal) renewals;
    bool *has_above;   /* by new->number: its type is that of the part that it comes from */
    bool *put_off_new, *put_off_old; /* parts that get a statement of their own, to break a cycle */
    LIST(Action) actions;
    LIST(Wait) waits;
    size_t *first_of_old, *last_of_old; /* actions of an object: which takes it away, or changes it; NO_ACTION */
    size_t *make_of_new;                /* which makes or changes it */
} Diff;

/* Decides every object's fate. */
void diff_decide(Diff *diff);

/* Whose it shall be: whom the new state names, else whose it was. NULL: of the role that makes it. */
const char *wanted_owner(const Diff *diff, const Object *new);

/* Finds out what is handed down between tables: inherit.c. */
void diff_follow(Diff *diff);

/* Finds out whose constraints behind NOT NULL are made anew, and what waits for that: not_null.c. */
void diff_renew_not_null(Diff *diff);
void diff_order_not_null(Diff *diff);

/* Finds out which typed tables must be freed of their types: typed.c. */
void diff_untie(Diff *diff);

/* Becomes the table one of a type, or one again? */
bool diff_ties(const Diff *diff, const Object *new);

/* A column or a check that its table has from its parents alone. */
bool comes_from_parent(const Object *object);

/* Does the server refuse to part the tables of the link while the one below has this check? Before 18 it takes it for one that comes
 * from above, where one of the same name stands that is NO INHERIT. */
bool blocks_parting(const Diff *diff, const Object *part, const Object *link);

/* Is the check validated here, and nowhere that it comes from? */
bool is_checked_alone(const Object *check);

/* What must wait for what between tables that hang together. */
void diff_order_inherited(Diff *diff);

/* What changes the parts that this one comes from changes it, too, and so waits for the same. */
void diff_wait_above(Diff *diff, const Object *part, size_t earlier);

/* And between typed tables and their types. */
void diff_order_typed(Diff *diff);

/* What partitions have before they are attached, and which of them come first. */
void diff_order_partitions(Diff *diff);

/* What there can be only one of: names, primary keys, bounds. */
void diff_order_sole(Diff *diff);

/* The one action waits for the other; nothing happens when there is one of them only. */
void diff_wait(Diff *diff, size_t later, size_t earlier);

/* The action that makes room for a successor of the old object; NO_ACTION where it stays. */
size_t diff_away(const Diff *diff, const Object *old);

/* Is it that of a column that a table which is there gets from those above? */
bool diff_comes_by_itself(const Diff *diff, const Action *action);

/* Does the old object stay, altered or not? */
bool diff_keeps(const Diff *diff, const Object *old);

/* Drops and makes what would have been altered, with all that hangs on it. */
void diff_rebuild(Diff *diff, Object *old);

/* What others' fates mean for an object. */
typedef struct Spread {
    Diff *diff;
    LIST(Object *) queue; /* old objects that go away, or whose type changes */
} Spread;

/* Drops and makes an old object that is there after, too. */
void spread_rebuild(Spread *spread, Object *old);

/* Has a table values of the type, as such or within others? */
bool type_is_stored(const Object *type);

/* Where a type cannot change in place for the values that are there it is made anew; where expressions stand in the way, those are. */
void spread_to_stored(Spread *spread);

/* The columns of a table that becomes one of a type, and do not stand as that has them, are made anew behind the others. */
void spread_moves(Spread *spread);

/* Does the column have values in rows that are there when it comes? */
bool column_brings_values(const Object *column);

/* Is the object a column of something with rows, or an attribute, and gets another type? */
bool diff_type_changes(const Diff *diff, const Object *old);

/* May the table's TOAST table go, when its rows are written anew, and another come for columns that come? */
bool diff_renews_toast(const Diff *diff, const Object *old);

/* Makes the actions and what must wait for what. */
void diff_actions(Diff *diff);

/* Waits from one end: of action i they lead to to[first[i]] … to[first[i + 1] - 1]. */
typedef struct WaitGraph {
    uint32_t *first, *to;
} WaitGraph;

/* Which actions wait for each; or, backward, for which each waits. */
WaitGraph diff_waits(const void *ctx, const Diff *diff, bool backward);

/* Finds out the stages: stage.c. */
void diff_stages(Diff *diff);
/* The second half of that. */
void diff_order_actions(Diff *diff);

/* Is the object, which was there, dropped, for good or to be made anew? */
bool diff_takes_away(const Diff *diff, const Object *old);

/* The action whose statement does it: an index is part of a constraint is part of a table. */
size_t diff_container(const Diff *diff, size_t action);

/* What a type's dependent is, as a type: itself, or the one that it is an attribute of; NULL: none. */
const Object *diff_type_over(const Object *dependent);

typedef SLICE(size_t) ActionOrder;

/* Puts those that are not mute in order; false when parts had to be put off: make the actions anew then. */
bool diff_order(Diff *diff, ActionOrder *order);

/* The actions that are not done wait for one another: takes something apart so that they need not, where it can. The actions must be
 * made anew then. */
bool diff_break_cycles(Diff *diff);

/* Writes the statements of one action. */
void action_write(Diff *diff, Script *script, const Action *action);
void write_not_null(Diff *diff, Script *script, const Action *action);

/* Does the pair differ in an attribute of this manner, or (by_alter) in one that alter() makes good? */
bool pair_differs(const Object *old, const Object *new, Manner manner);

#endif
