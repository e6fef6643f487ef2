/* plan/online.c: see online.h.
 *
 * A strong lock is held for no longer than a change of the catalog takes: what must look at every row (an index that is built, a
 * constraint that is checked) does so under a lock that readers and writers do not feel, and in a transaction of its own. Sources:
 * manual, CREATE INDEX ("Building Indexes Concurrently"), ALTER TABLE (notes on VALIDATE CONSTRAINT and SET NOT NULL). */
#include "plan/online.h"

#include "base/digest.h"
#include "base/map.h"
#include "schema/expression.h"
#include "sql/quote.h"

#include <string.h>

typedef struct Online {
    const void *ctx;
    const StatementList *statements;
    const Model *old;
    bool offline;
    SchemaStepList steps;
    Map *made;      /* keys of tables and views that the plan makes */
    Map *dropped;   /* addresses of objects that statements drop */
    Map *replaced;  /* key of an index or constraint that is made anew → number of the statement that drops it */
    bool *is_moved; /* by number of statement: another's steps have it already, or will */
} Online;

/* ---- what is known of the whole ---- */

static char *address(const void *ctx, const void *object)
{
    return mem_printf(ctx, "%p", object);
}

static bool is_drop(const Statement *s)
{
    return text_starts(s->sql, "DROP ") || (strstr(s->sql, " DROP ") != NULL && s->attribute == NULL && strcmp(s->operation, "create") != 0);
}

static char *object_key(const void *ctx, const Object *o)
{
    return mem_printf(ctx, "%s %s", o->kind->name, o->key);
}

static void look_around(Online *on)
{
    for (size_t i = 0; i < on->statements->n; i++) {
        const Statement *s = &on->statements->v[i];
        bool whole = s->attribute == NULL && s->old == NULL;
        if (whole && text_starts(s->sql, "CREATE ") && s->object->parent == NULL)
            map_set(on->made, object_key(on->ctx, s->object), on);
        if (!is_drop(s) || strcmp(s->operation, "alter") == 0)
            continue;
        map_set(on->dropped, address(on->ctx, s->object), on);
        if (strcmp(s->operation, "recreate") == 0 && s->object->parent != NULL)
            map_set(on->replaced, object_key(on->ctx, s->object), (void *)s);
    }
}

/* Is the table there already, with rows, perhaps, and clients? */
static bool is_on_old_table(const Online *on, const Object *o)
{
    SCRATCH void *scratch = mem_scratch();
    const Object *table = o->parent;
    return table != NULL && model_find(on->old, table->kind, table->key) != NULL &&
           !map_has(on->made, object_key(scratch, table));
}

static bool is_partitioned(const Object *table)
{
    return object_is(table, KIND_TABLE) && *object_value(table, "relkind") == 'p';
}

static bool is_foreign(const Object *table)
{
    return object_is(table, KIND_TABLE) && *object_value(table, "relkind") == 'f';
}

/* The object that is replaced can stay until its successor is there: nothing that it needs goes before. */
static const Statement *movable_drop(Online *on, const Object *new)
{
    const Statement *drop = map_get(on->replaced, object_key(on->ctx, new));
    if (drop == NULL)
        return NULL;
    for (size_t i = 0; i < drop->object->needs.n; i++)
        if (map_has(on->dropped, address(on->ctx, drop->object->needs.v[i].on)))
            return NULL;
    return drop;
}

/* ---- steps ---- */

static SchemaStep *add(Online *on, const Statement *s, const char *sql)
{
    const Object *o = s->object;
    SchemaStep step = {.sql = expression_stable(on->ctx, sql), .type = s->type, .operation = s->operation, .path = s->path, .schema = o->schema};
    step.name = o->parent != NULL ? o->parent->name : o->name;
    step.part = o->parent != NULL ? o->name : NULL;
    list_push(on->ctx, &on->steps, step);
    SchemaStep *added = &on->steps.v[on->steps.n - 1];
    hazards_add(on->ctx, added, s, on->old);
    return added;
}

static SchemaStep *addf(Online *on, const Statement *s, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static SchemaStep *addf(Online *on, const Statement *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *sql = mem_vprintf(on->ctx, fmt, args);
    va_end(args);
    return add(on, s, sql);
}

static SchemaStep *add_alone(Online *on, const Statement *s, const char *sql)
{
    SchemaStep *step = add(on, s, sql);
    step->no_transaction = true;
    return step;
}

/* The name with a word behind it, cut and made unlike others so that it fits into 63 bytes. */
static char *helper_name(const void *ctx, const char *name, const char *word)
{
    enum { KEPT = 40, HASH = 8 };
    char hex[DIGEST_HEX_MAX];
    size_t len = 0;
    digest_of(DIGEST_SHA256, name, strlen(name), hex);
    while (name[len] != '\0') {
        size_t n = utf8_sequence(name + len, strlen(name + len));
        if (len + (n > 0 ? n : 1) > KEPT)
            break;
        len += n > 0 ? n : 1;
    }
    return mem_printf(ctx, "%.*s_%.*s_%s", (int)len, name, HASH, hex, word);
}

/* The index is asked for by its name in its schema, which the search path leads to where names are not qualified. */
static void add_wait(Online *on, const Statement *s, const char *index)
{
    SchemaStep *wait = addf(on, s,
                            "SELECT i.indisvalid AS done, CASE WHEN i.indisvalid THEN 100 WHEN p.blocks_total > 0 "
                            "THEN (p.blocks_done * 100 / p.blocks_total)::int ELSE 0 END AS progress "
                            "FROM pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_stat_progress_create_index p "
                            "ON p.index_relid = i.indexrelid WHERE i.indexrelid = %s::pg_catalog.regclass",
                            sql_literal(on->ctx, index));
    wait->wait_message = mem_printf(on->ctx, "Creating index %s", index);
    wait->locks.n = wait->hazards.n = 0;
}

/* A run that was cut off may have left a helper of this name: it goes before the next one comes for the sake of `next`. */
static void clear_name(Online *on, const Statement *next, const Object *table, KindIndex kind, const char *name)
{
    for (size_t i = (size_t)(next - on->statements->v); i < on->statements->n; i++) {
        const Statement *s = &on->statements->v[i];
        const Object *o = s->object;
        bool is_leftover = strcmp(s->operation, "drop") == 0 && object_is(o, kind) && strcmp(o->name, name) == 0 &&
                           strcmp(o->schema, table->schema) == 0 &&
                           (kind == KIND_INDEX || strcmp(o->parent->name, table->name) == 0);
        if (!is_leftover || on->is_moved[i])
            continue;
        on->is_moved[i] = true;
        if (kind == KIND_INDEX)
            add_alone(on, s, mem_printf(on->ctx, "DROP INDEX CONCURRENTLY %s", o->id));
        else
            add(on, s, s->sql);
    }
}

/* ---- indexes ---- */

static char *index_sql(const Online *on, const Object *o, const char *name)
{
    return mem_printf(on->ctx, "CREATE %sINDEX CONCURRENTLY %s ON %s%s", object_value(o, "is_unique"), sql_ident(on->ctx, name),
                      o->parent->id, object_value(o, "definition"));
}

/* Indexes are in their table's schema; their names are told as the table's is. */
static char *beside_table(const Online *on, const Object *table, const char *name)
{
    bool qualified = strcmp(table->id, sql_ident(on->ctx, table->name)) != 0;
    return qualified ? sql_qualified(on->ctx, table->schema, name) : sql_ident(on->ctx, name);
}

static void move(Online *on, const Statement *drop)
{
    on->is_moved[drop - on->statements->v] = true;
}

/* The two change names in one transaction: cut off anywhere, queries have one of them, and what is left over is known by its
 * name. */
static void swap_index(Online *on, const Statement *s, const Statement *drop, const char *successor)
{
    const char *old = helper_name(on->ctx, s->object->name, "old");
    clear_name(on, s, s->object->parent, KIND_INDEX, old);
    addf(on, s, "ALTER INDEX %s RENAME TO %s", drop->object->id, sql_ident(on->ctx, old));
    addf(on, s, "ALTER INDEX %s RENAME TO %s", successor, sql_ident(on->ctx, s->object->name));
    move(on, drop);
    add_alone(on, drop, mem_printf(on->ctx, "DROP INDEX CONCURRENTLY %s", beside_table(on, s->object->parent, old)));
}

static void build_index(Online *on, const Statement *s)
{
    const Object *o = s->object;
    const Statement *drop = movable_drop(on, o);
    const char *name = drop == NULL ? o->name : helper_name(on->ctx, o->name, "new");
    const char *id = beside_table(on, o->parent, name);
    if (drop != NULL)
        clear_name(on, s, s->object->parent, KIND_INDEX, name);
    add_alone(on, s, index_sql(on, o, name));
    add_wait(on, s, id);
    if (drop != NULL)
        swap_index(on, s, drop, id);
}

static void drop_index(Online *on, const Statement *s)
{
    add_alone(on, s, mem_printf(on->ctx, "DROP INDEX CONCURRENTLY %s", s->object->id));
}

/* ---- constraints ---- */

/* "UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) DEFERRABLE" → the index's part, "(a) INCLUDE (b) NULLS NOT DISTINCT", and what is
 * the constraint's alone. */
static char *key_index(const Online *on, const char *definition, const char **rest)
{
    static const char distinct[] = "NULLS NOT DISTINCT ";
    const char *p = strchr(definition, ' ') + 1;
    if (text_starts(definition, "PRIMARY KEY "))
        p = definition + strlen("PRIMARY KEY ");
    bool not_distinct = text_starts(p, distinct);
    if (not_distinct)
        p += sizeof distinct - 1;
    /* the last parenthesis ends the columns, or what is included; names in between may hold any character */
    const char *end = p + strlen(p);
    while (end > p && end[-1] != ')')
        end--;
    *rest = end;
    return mem_printf(on->ctx, "%.*s%s", (int)(end - p), p, not_distinct ? " NULLS NOT DISTINCT" : "");
}

static void build_key(Online *on, const Statement *s)
{
    const Object *o = s->object;
    const Statement *drop = movable_drop(on, o);
    const char *rest, *definition = object_value(o, "definition"), *name = helper_name(on->ctx, o->name, "new");
    const char *columns = key_index(on, definition, &rest), *word = *object_value(o, "type") == 'p' ? "PRIMARY KEY" : "UNIQUE";
    clear_name(on, s, s->object->parent, KIND_INDEX, name);
    add_alone(on, s, mem_printf(on->ctx, "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s USING btree %s", sql_ident(on->ctx, name), o->parent->id, columns));
    add_wait(on, s, beside_table(on, o->parent, name));
    if (drop != NULL) {
        move(on, drop);
        add(on, drop, drop->sql);
    }
    addf(on, s, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s", o->parent->id, o->id, word, sql_ident(on->ctx, name), rest);
}

static void add_not_valid(Online *on, const Statement *s)
{
    const Object *o = s->object;
    addf(on, s, "%s NOT VALID", s->sql);
    SchemaStep *validate = addf(on, s, "ALTER %s %s VALIDATE CONSTRAINT %s", object_keyword(o->parent), o->parent->id, o->id);
    validate->begins_group = true;
}

/* Is the constraint's index one that can be built beforehand? */
static bool can_use_index(const Object *o)
{
    char type = *object_value(o, "type");
    return (type == 'p' || type == 'u') && strstr(object_value(o, "definition"), "WITHOUT OVERLAPS") == NULL &&
           !is_partitioned(o->parent) && !object_flag(o, "options");
}

static bool can_validate_later(const Online *on, const Object *o)
{
    enum { VERSION_PARTITIONED_NOT_VALID = 180000 };
    char type = *object_value(o, "type");
    const char *definition = object_value(o, "definition");
    if ((type != 'c' && type != 'f') || !object_flag(o, "validated") || text_ends(definition, "NOT ENFORCED"))
        return false;
    return type == 'c' || !is_partitioned(o->parent) || on->old->version >= VERSION_PARTITIONED_NOT_VALID;
}

static void add_constraint(Online *on, const Statement *s)
{
    if (can_use_index(s->object))
        build_key(on, s);
    else if (can_validate_later(on, s->object))
        add_not_valid(on, s);
    else
        add(on, s, s->sql);
}

/* ---- NOT NULL ---- */

/* From 18 on the constraint itself can be added without looking at the rows; before, a check serves, which SET NOT NULL takes as
 * proof. */
static void set_not_null(Online *on, const Statement *s)
{
    enum { VERSION_NATIVE = 180000 };
    const Object *c = s->object, *table = c->parent;
    const void *ctx = on->ctx;
    bool native = on->old->version >= VERSION_NATIVE;
    const char *wanted = object_value(c, "not_null_name");
    const char *helper = helper_name(ctx, c->name, "not_null");
    const char *name = sql_ident(ctx, !native ? helper : wanted != NULL ? wanted : mem_printf(ctx, "%s_%s_not_null", table->name, c->name));
    if (!native)
        clear_name(on, s, s->object->parent, KIND_CONSTRAINT, helper);
    if (native)
        addf(on, s, "ALTER TABLE %s ADD CONSTRAINT %s NOT NULL %s NOT VALID", table->id, name, c->id);
    else
        addf(on, s, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID", table->id, name, c->id);
    addf(on, s, "ALTER TABLE %s VALIDATE CONSTRAINT %s", table->id, name)->begins_group = true;
    if (native)
        return;
    add(on, s, s->sql)->begins_group = true;
    addf(on, s, "ALTER TABLE %s DROP CONSTRAINT %s", table->id, name);
}

/* ---- partitions ---- */

static const Object *whole_of(const Object *partition)
{
    for (size_t i = 0; i < partition->needs.n; i++)
        if (partition->needs.v[i].on != partition->parent && object_is(partition->needs.v[i].on, KIND_TABLE))
            return partition->needs.v[i].on;
    return NULL;
}

/* The table that has the rows of no other partition, when it is there before and stays; NULL. */
static const Object *default_partition(const Online *on, const Object *partition)
{
    SCRATCH void *scratch = mem_scratch();
    const Object *new = whole_of(partition), *whole = new == NULL ? NULL : model_find(on->old, new->kind, new->key);
    if (whole == NULL || map_has(on->made, object_key(scratch, new)))
        return NULL;
    for (size_t i = 0; i < whole->needed_by.n; i++) {
        const Object *o = whole->needed_by.v[i];
        if (object_is(o, KIND_PARTITION) && strcmp(object_value(o, "bound"), "DEFAULT") == 0 && whole_of(o) == whole)
            return map_has(on->dropped, address(scratch, o)) || map_has(on->dropped, address(scratch, o->parent)) ? NULL : o->parent;
    }
    return NULL;
}

static void lock_alone(Online *on, SchemaStep *step, const Object *table)
{
    step->locks.n = 0;
    hazards_lock(on->ctx, step, table->id);
}

static void drop_check(Online *on, const Statement *s, const Object *table, const char *name)
{
    if (name != NULL)
        lock_alone(on, addf(on, s, "ALTER TABLE %s DROP CONSTRAINT %s", table->id, name), table);
}

/* A check of the table that says what the partition's bound says, or that no row is within it: with it neither ATTACH nor DETACH has
 * to look at the rows, or to make one of its own. Gives its name; NULL: the bound cannot be told as such. */
static const char *add_bound_check(Online *on, const Statement *s, const Object *table, bool within)
{
    const char *check = object_value(s->object, "check_expression");
    if (check == NULL)
        return NULL;
    const char *plain = helper_name(on->ctx, table->name, "bound"), *name = sql_ident(on->ctx, plain);
    clear_name(on, s, table, KIND_CONSTRAINT, plain);
    lock_alone(on, addf(on, s, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s%s%s) NOT VALID", table->id, name, within ? "" : "NOT (", check,
                        within ? "" : ")"), table);
    SchemaStep *validate = addf(on, s, "ALTER TABLE %s VALIDATE CONSTRAINT %s", table->id, name);
    validate->begins_group = true;
    lock_alone(on, validate, table);
    return name;
}

/* Its rows must be within the bound, and those of the default partition must not. */
static void attach(Online *on, const Statement *s)
{
    const Object *table = s->object->parent, *rest = default_partition(on, s->object), *whole = whole_of(s->object);
    bool is_old = is_on_old_table(on, s->object);
    const char *within = is_old ? add_bound_check(on, s, table, true) : NULL;
    const char *without = rest != NULL ? add_bound_check(on, s, rest, false) : NULL;
    SchemaStep *step = add(on, s, s->sql);
    step->begins_group = is_old || without != NULL;
    step->locks.n = 0;
    if (within != NULL || !is_old)
        step->hazards.n = 0;
    if (whole != NULL)
        hazards_lock(on->ctx, step, whole->id);
    if (is_old)
        list_push(on->ctx, &step->locks, (Lock){"ACCESS EXCLUSIVE", table->id});
    if (rest != NULL)
        list_push(on->ctx, &step->locks, (Lock){"ACCESS EXCLUSIVE", rest->id});
    drop_check(on, s, table, within);
    if (rest != NULL)
        drop_check(on, s, rest, without);
}

static bool can_detach_concurrently(const Online *on, const Object *partition)
{
    enum { VERSION_DETACH_CONCURRENTLY = 140000 };
    return on->old->version >= VERSION_DETACH_CONCURRENTLY && object_flag(partition, "check_expression") &&
           !object_flag(partition, "has_default") && !object_flag(partition, "detach_pending");
}

static void detach(Online *on, const Statement *s)
{
    const Object *table = s->object->parent;
    const char *name = add_bound_check(on, s, table, true);
    SchemaStep *step = add_alone(on, s, mem_printf(on->ctx, "%s CONCURRENTLY", s->sql));
    lock_alone(on, step, whole_of(s->object));
    list_push(on->ctx, &step->locks, (Lock){"ACCESS EXCLUSIVE", table->id});
    drop_check(on, s, table, name);
}

/* ---- all ---- */

static bool is_operation(const Statement *s, KindIndex kind, const char *operation)
{
    return object_is(s->object, kind) && strcmp(s->operation, operation) == 0;
}

static void translate(Online *on, const Statement *s)
{
    const Object *o = s->object;
    bool online = !on->offline && is_on_old_table(on, o) && !is_foreign(o->parent);
    bool partitioned_index = object_is(o, KIND_INDEX) && object_flag(o, "is_partitioned");
    if (online && s->is_online && object_is(o, KIND_INDEX) && !partitioned_index)
        build_index(on, s);
    else if (online && object_is(o, KIND_INDEX) && text_starts(s->sql, "DROP INDEX ") && !partitioned_index)
        drop_index(on, s);
    else if (online && s->is_online && object_is(o, KIND_CONSTRAINT))
        add_constraint(on, s);
    else if (online && s->is_online && object_is(o, KIND_COLUMN) && !is_partitioned(o->parent))
        set_not_null(on, s);
    else if (is_operation(s, KIND_PARTITION, "create") && (online || (!on->offline && default_partition(on, o) != NULL)))
        attach(on, s);
    else if (online && is_operation(s, KIND_PARTITION, "drop") && can_detach_concurrently(on, o))
        detach(on, s);
    else
        add(on, s, s->sql);
    /* a label can be used once its transaction is over; checks are cheap under a lock that was taken for them alone */
    bool validates = strstr(s->sql, " VALIDATE CONSTRAINT ") != NULL && on->steps.v[on->steps.n - 1].sql == s->sql && !on->offline;
    if (validates)
        on->steps.v[on->steps.n - 1].begins_group = true;
}

static bool adds_label(const Statement *s)
{
    return object_is(s->object, KIND_ENUM) && strstr(s->sql, " ADD VALUE ") != NULL;
}

SchemaStepList online_steps(const void *ctx, const StatementList *statements, const Model *old, bool offline)
{
    SCRATCH void *scratch = mem_scratch();
    Online on = {.ctx = ctx, .statements = statements, .old = old, .offline = offline};
    on.made = map_new(scratch);
    on.dropped = map_new(scratch);
    on.replaced = map_new(scratch);
    on.is_moved = mem_array(scratch, bool, statements->n + 1);
    look_around(&on);
    /* what is moved is known before its place comes: movable_drop() asks nothing but the whole */
    for (size_t i = 0; !offline && i < statements->n; i++) {
        const Statement *s = &statements->v[i];
        bool builds = s->is_online && s->attribute == NULL && is_on_old_table(&on, s->object) &&
                      (object_is(s->object, KIND_INDEX) ? !object_flag(s->object, "is_partitioned")
                                                        : object_is(s->object, KIND_CONSTRAINT) && can_use_index(s->object));
        const Statement *drop = builds ? movable_drop(&on, s->object) : NULL;
        if (drop != NULL)
            move(&on, drop);
    }
    for (size_t i = 0; i < statements->n; i++) {
        if (on.is_moved[i])
            continue;
        size_t before = on.steps.n;
        translate(&on, &statements->v[i]);
        bool after_label = i > 0 && adds_label(&statements->v[i - 1]) && !adds_label(&statements->v[i]);
        if (after_label && before < on.steps.n)
            on.steps.v[before].begins_group = true;
    }
    return on.steps;
}
