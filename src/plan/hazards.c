/* plan/hazards.c: what a step locks, and what is dangerous about it: two tables and who looks into them.
 *
 * Source of the locks: manual, "Explicit Locking", and the pages of the commands. */
#include "plan/schema_plan.h"

#include <string.h>

/* ---- locks ---- */

/* The first row whose words the statement holds, in this order, beginning with the first. */
static const struct {
    const char *words[3];
    const char *mode; /* on the table; NULL: none that anybody feels */
} lock_rules[] = {
    {{"CREATE INDEX CONCURRENTLY"}, "SHARE UPDATE EXCLUSIVE"},
    {{"CREATE UNIQUE INDEX CONCURRENTLY"}, "SHARE UPDATE EXCLUSIVE"},
    {{"DROP INDEX CONCURRENTLY"}, "SHARE UPDATE EXCLUSIVE"},
    {{"CREATE INDEX"}, "SHARE"},
    {{"CREATE UNIQUE INDEX"}, "SHARE"},
    {{"DROP INDEX"}, "ACCESS EXCLUSIVE"},
    {{"ALTER INDEX", " SET STATISTICS"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER INDEX", " RENAME TO"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER INDEX", " ATTACH PARTITION"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER INDEX"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " VALIDATE CONSTRAINT"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " ATTACH PARTITION"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " DETACH PARTITION", " CONCURRENTLY"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " ADD CONSTRAINT", " FOREIGN KEY"}, "SHARE ROW EXCLUSIVE"},
    {{"ALTER TABLE", " SET STATISTICS"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " CLUSTER ON"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " SET WITHOUT CLUSTER"}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " SET ("}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " RESET ("}, "SHARE UPDATE EXCLUSIVE"},
    {{"ALTER TABLE", " TRIGGER "}, "SHARE ROW EXCLUSIVE"},
    {{"ALTER TABLE"}, "ACCESS EXCLUSIVE"},
    {{"ALTER FOREIGN TABLE"}, "ACCESS EXCLUSIVE"},
    {{"CREATE TRIGGER"}, "SHARE ROW EXCLUSIVE"},
    {{"CREATE OR REPLACE TRIGGER"}, "SHARE ROW EXCLUSIVE"},
    {{"CREATE CONSTRAINT TRIGGER"}, "SHARE ROW EXCLUSIVE"},
    {{"CREATE STATISTICS"}, "SHARE UPDATE EXCLUSIVE"},
    {{"COMMENT ON TABLE"}, "SHARE UPDATE EXCLUSIVE"},
    {{"COMMENT ON COLUMN"}, "SHARE UPDATE EXCLUSIVE"},
    {{"CREATE POLICY"}, "ACCESS EXCLUSIVE"},
    {{"ALTER POLICY"}, "ACCESS EXCLUSIVE"},
    {{"DROP POLICY"}, "ACCESS EXCLUSIVE"},
    {{"CREATE RULE"}, "ACCESS EXCLUSIVE"},
    {{"DROP RULE"}, "ACCESS EXCLUSIVE"},
    {{"DROP TRIGGER"}, "ACCESS EXCLUSIVE"},
    {{"DROP TABLE"}, "ACCESS EXCLUSIVE"},
    {{"DROP FOREIGN TABLE"}, "ACCESS EXCLUSIVE"},
    {{"DROP VIEW"}, "ACCESS EXCLUSIVE"},
    {{"DROP MATERIALIZED VIEW"}, "ACCESS EXCLUSIVE"},
    {{"CREATE OR REPLACE VIEW"}, "ACCESS EXCLUSIVE"},
    {{"ALTER VIEW"}, "ACCESS EXCLUSIVE"},
    {{"ALTER MATERIALIZED VIEW"}, "ACCESS EXCLUSIVE"},
    {{"REFRESH MATERIALIZED VIEW"}, "ACCESS EXCLUSIVE"},
    {{"ALTER SEQUENCE"}, "SHARE ROW EXCLUSIVE"},
    {{"DROP SEQUENCE"}, "ACCESS EXCLUSIVE"},
};

static bool holds(const char *sql, const char *const words[3])
{
    if (!text_starts(sql, words[0]))
        return false;
    const char *p = sql + strlen(words[0]);
    for (size_t i = 1; i < 3 && words[i] != NULL; i++) {
        p = strstr(p, words[i]);
        if (p == NULL)
            return false;
        p += strlen(words[i]);
    }
    return true;
}

static const char *lock_mode(const char *sql)
{
    for (size_t i = 0; i < sizeof lock_rules / sizeof lock_rules[0]; i++)
        if (holds(sql, lock_rules[i].words))
            return lock_rules[i].mode;
    return NULL;
}

void hazards_lock(const void *ctx, SchemaStep *step, const char *table)
{
    const char *mode = lock_mode(step->sql);
    if (mode != NULL)
        list_push(ctx, &step->locks, (Lock){mode, table});
}

/* Only what was there before can have somebody waiting for it. */
static void add_locks(const void *ctx, SchemaStep *step, const Statement *s, const Model *old)
{
    const Object *top = s->object;
    while (top->parent != NULL)
        top = top->parent;
    const char *mode = lock_mode(step->sql);
    if (mode == NULL || model_find(old, top->kind, top->key) == NULL)
        return;
    list_push(ctx, &step->locks, (Lock){mode, top->id});
    /* a foreign key has a trigger on the table that it refers to as well */
    if (!object_is(s->object, KIND_CONSTRAINT) || *object_value(s->object, "type") != 'f')
        return;
    const char *other = strstr(step->sql, "VALIDATE") != NULL ? "ROW SHARE" : mode;
    for (size_t i = 0; i < s->object->needs.n; i++) {
        const Object *on = s->object->needs.v[i].on;
        if (object_is(on, KIND_TABLE) && on != top && model_find(old, on->kind, on->key) != NULL)
            list_push(ctx, &step->locks, (Lock){other, on->id});
    }
}

/* ---- hazards ---- */

enum {
    HAZARD_DATA_LOSS,
    HAZARD_TABLE_REWRITE,
    HAZARD_LONG_LOCK,
    HAZARD_FAILS_ON_DATA,
    HAZARD_DEPENDENCY_DROP,
    HAZARD_BREAKS_CLIENTS,
    HAZARD_SECURITY,
    HAZARD_NOT_TRANSACTIONAL,
    HAZARD_REPLICATION,
};

const HazardRule hazard_rules[] = {
    [HAZARD_DATA_LOSS] = {"data-loss", "error", "rows or values are lost and cannot be had back from the schema",
                          "back up what is dropped, or rename it and drop it in a later release"},
    [HAZARD_TABLE_REWRITE] = {"table-rewrite", "warning", "every row is written anew under a lock that stops readers and writers",
                              "add a new column, fill it in batches, and switch over"},
    [HAZARD_LONG_LOCK] = {"long-lock", "warning", "every row is looked at under a lock that stops writers", NULL},
    [HAZARD_FAILS_ON_DATA] = {"fails-on-data", "notice", "fails when rows that are there do not fit",
                              "look for such rows before, and put them right"},
    [HAZARD_DEPENDENCY_DROP] = {"dependency-drop", "notice", "the object is dropped and made anew: sessions that use it in between fail", NULL},
    [HAZARD_BREAKS_CLIENTS] = {"breaks-clients", "warning", "programs that still use it fail from then on",
                               "release the programs that do without it first"},
    [HAZARD_SECURITY] = {"security", "warning", "more people can see or do more than before", "have it reviewed"},
    [HAZARD_NOT_TRANSACTIONAL] = {"not-transactional", "notice", "runs outside a transaction: cut off, it leaves something half done, which the next plan cleans up", NULL},
    [HAZARD_REPLICATION] = {"replication", "warning", "subscribers may get other rows, or none", "look after the subscriptions at the same time"},
};
const size_t hazard_rules_count = sizeof hazard_rules / sizeof hazard_rules[0];

static void add_hazard(const void *ctx, SchemaStep *step, size_t rule, const char *detail)
{
    list_push(ctx, &step->hazards, (Hazard){&hazard_rules[rule], detail});
}

static bool drops(const SchemaStep *step, const char *what)
{
    return text_starts(step->sql, what) || (text_starts(step->sql, "ALTER ") && strstr(step->sql, what) != NULL);
}

static void look_at_drops(const void *ctx, SchemaStep *step, const Statement *s)
{
    const Object *o = s->object;
    bool recreated = strcmp(s->operation, "recreate") == 0;
    bool holds_rows = object_is(o, KIND_TABLE) ||
                      (object_is(o, KIND_COLUMN) && object_is(o->parent, KIND_TABLE) && !object_flag(o, "generated")) ||
                      object_is(o, KIND_SEQUENCE) ||
                      (object_is(o, KIND_VIEW) && strcmp(object_keyword(o), "MATERIALIZED VIEW") == 0);
    if (holds_rows)
        add_hazard(ctx, step, HAZARD_DATA_LOSS, o->id);
    if (recreated && !object_is(o, KIND_INDEX))
        add_hazard(ctx, step, HAZARD_DEPENDENCY_DROP, o->id);
    else if (!recreated && (holds_rows || object_is(o, KIND_VIEW) || object_is(o, KIND_FUNCTION) || object_is(o, KIND_SCHEMA)))
        add_hazard(ctx, step, HAZARD_BREAKS_CLIENTS, o->id);
    if (object_is(o, KIND_POLICY) && !recreated)
        add_hazard(ctx, step, HAZARD_SECURITY, "a policy is dropped");
    if (object_is(o, KIND_PUBLICATION) || object_is(o, KIND_PUBLICATION_MEMBER))
        add_hazard(ctx, step, HAZARD_REPLICATION, o->id);
}

/* Types between which the server changes the catalog alone: pg_cast's binary coercions, and wider modifiers (manual, ALTER
 * TABLE, "Notes"). */
static bool is_free_type_change(const char *old, const char *new)
{
    static const char *const unlimited[] = {"text", "character varying", "bit varying", "numeric"};
    for (size_t i = 0; i < sizeof unlimited / sizeof unlimited[0]; i++) {
        size_t len = strlen(unlimited[i]);
        if (strcmp(new, unlimited[i]) != 0)
            continue;
        if (strncmp(old, unlimited[i], len) == 0 && (old[len] == '(' || old[len] == '\0'))
            return true;
        if (i < 2 && (strcmp(old, "text") == 0 || text_starts(old, "character varying")))
            return true;
    }
    const char *a = strchr(old, '('), *b = strchr(new, '(');
    if (a == NULL || b == NULL || a - old != b - new || strncmp(old, new, (size_t)(a - old)) != 0)
        return false;
    long before = 0, after = 0;
    for (const char *p = a + 1; *p >= '0' && *p <= '9'; p++)
        before = before * 10 + (*p - '0');
    for (const char *p = b + 1; *p >= '0' && *p <= '9'; p++)
        after = after * 10 + (*p - '0');
    const char *scale_a = strchr(a, ','), *scale_b = strchr(b, ',');
    bool same_scale = scale_a == NULL ? scale_b == NULL : scale_b != NULL && strcmp(scale_a, scale_b) == 0;
    return (text_starts(old, "character varying") || text_starts(old, "numeric") || text_starts(old, "bit varying")) && same_scale && after >= before;
}

static void look_at_columns(const void *ctx, SchemaStep *step, const Statement *s)
{
    const Object *c = s->object;
    if (s->attribute == NULL && strcmp(s->operation, "create") == 0) {
        if (object_flag(c, "generated") && text_equal(object_value(c, "generated_kind"), "STORED"))
            add_hazard(ctx, step, HAZARD_TABLE_REWRITE, c->id);
        if (object_flag(c, "identity"))
            add_hazard(ctx, step, HAZARD_TABLE_REWRITE, c->id);
        if (object_flag(c, "not_null") && !object_flag(c, "default_value") && !object_flag(c, "generated") && !object_flag(c, "identity"))
            add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, "a column without a value that must have one");
    } else if (s->attribute != NULL && strcmp(s->attribute, "type") == 0 && s->old != NULL) {
        const char *before = object_value(s->old, "type"), *after = object_value(c, "type");
        if (!is_free_type_change(before, after)) {
            add_hazard(ctx, step, HAZARD_TABLE_REWRITE, c->id);
            add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, mem_printf(ctx, "%s to %s", before, after));
        }
        add_hazard(ctx, step, HAZARD_BREAKS_CLIENTS, mem_printf(ctx, "%s to %s", before, after));
    } else if (s->attribute != NULL && strcmp(s->attribute, "not_null") == 0 && object_flag(c, "not_null")) {
        if (strstr(step->sql, "NOT VALID") == NULL && strstr(step->sql, " DROP CONSTRAINT ") == NULL)
            add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, c->id);
    }
}

static void look_at_constraints(const void *ctx, SchemaStep *step, const Statement *s)
{
    char type = *object_value(s->object, "type");
    bool adds = strstr(step->sql, " ADD CONSTRAINT ") != NULL, checks = strstr(step->sql, " VALIDATE ") != NULL;
    /* a key of a partitioned table is made of those of its partitions, which are steps of their own */
    if (text_starts(step->sql, "ALTER TABLE ONLY ") && strchr("pux", type) != NULL)
        return;
    if (adds && strchr("pux", type) != NULL && strstr(step->sql, " USING INDEX ") == NULL) {
        add_hazard(ctx, step, HAZARD_LONG_LOCK, "its index is built");
        add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, s->object->id);
    } else if (adds && strchr("cf", type) != NULL && !text_ends(step->sql, "NOT VALID") && !text_ends(step->sql, "NOT ENFORCED")) {
        add_hazard(ctx, step, HAZARD_LONG_LOCK, "every row is checked");
        add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, s->object->id);
    } else if (checks) {
        add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, s->object->id);
    }
}

static bool is_rename(const Statement *s)
{
    return s->attribute != NULL && strcmp(s->attribute, "name") == 0;
}

static void look_at_the_rest(const void *ctx, SchemaStep *step, const Statement *s)
{
    const Object *o = s->object;
    if (strstr(step->sql, " DISABLE ROW LEVEL SECURITY") != NULL || strstr(step->sql, " NO FORCE ROW LEVEL SECURITY") != NULL)
        add_hazard(ctx, step, HAZARD_SECURITY, "row security is switched off");
    if (s->attribute != NULL && strcmp(s->attribute, "privileges") == 0 && text_ends(step->sql, " TO PUBLIC"))
        add_hazard(ctx, step, HAZARD_SECURITY, "everybody is given a privilege");
    if (object_is(o, KIND_FUNCTION) && object_flag(o, "security_definer") && text_starts(step->sql, "CREATE") &&
        strstr(step->sql, "SET search_path") == NULL)
        add_hazard(ctx, step, HAZARD_SECURITY, "SECURITY DEFINER without a search_path of its own");
    if (s->attribute != NULL && (strcmp(s->attribute, "persistence") == 0 || strcmp(s->attribute, "access_method") == 0)) {
        add_hazard(ctx, step, HAZARD_TABLE_REWRITE, o->id);
        if (text_ends(step->sql, " UNLOGGED"))
            add_hazard(ctx, step, HAZARD_DATA_LOSS, "the rows do not survive a crash from then on");
    }
    if (s->attribute != NULL && strcmp(s->attribute, "replica_identity") == 0)
        add_hazard(ctx, step, HAZARD_REPLICATION, o->id);
    if (text_starts(step->sql, "CREATE INDEX ") && strstr(step->sql, " CONCURRENTLY ") == NULL && strstr(step->sql, " ON ONLY ") == NULL)
        add_hazard(ctx, step, HAZARD_LONG_LOCK, "the index is built");
    if (object_is(o, KIND_PARTITION) && strstr(step->sql, " ATTACH PARTITION ") != NULL) {
        add_hazard(ctx, step, HAZARD_LONG_LOCK, "its rows are checked");
        add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, "rows outside its bound");
    }
    if (object_is(o, KIND_PARTITION) && strstr(step->sql, " VALIDATE CONSTRAINT ") != NULL)
        add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, "rows on the wrong side of its bound");
    if (text_starts(step->sql, "CREATE UNIQUE INDEX "))
        add_hazard(ctx, step, HAZARD_FAILS_ON_DATA, o->id);
    if (strstr(step->sql, " CONCURRENTLY ") != NULL)
        add_hazard(ctx, step, HAZARD_NOT_TRANSACTIONAL, NULL);
}

void hazards_add(const void *ctx, SchemaStep *step, const Statement *s, const Model *old)
{
    const Object *top = s->object;
    while (top->parent != NULL)
        top = top->parent;
    add_locks(ctx, step, s, old);
    if (is_rename(s)) {
        add_hazard(ctx, step, HAZARD_BREAKS_CLIENTS, "it is called otherwise from then on");
        return;
    }
    bool is_drop = text_starts(step->sql, "DROP ") || drops(step, " DROP COLUMN ") || drops(step, " DROP ATTRIBUTE ");
    if (is_drop && s->attribute == NULL) {
        look_at_drops(ctx, step, s);
        if (strstr(step->sql, " CONCURRENTLY ") != NULL)
            add_hazard(ctx, step, HAZARD_NOT_TRANSACTIONAL, NULL);
        return;
    }
    /* nothing of a new table can hurt anybody */
    if (model_find(old, top->kind, top->key) != NULL) {
        if (object_is(s->object, KIND_COLUMN))
            look_at_columns(ctx, step, s);
        if (object_is(s->object, KIND_CONSTRAINT))
            look_at_constraints(ctx, step, s);
    } else if (!object_is(s->object, KIND_FUNCTION)) {
        return;
    }
    look_at_the_rest(ctx, step, s);
}
