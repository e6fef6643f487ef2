/* plan/online.c: see online.h; partitions are in online_partition.c.
 *
 * A strong lock is held for no longer than a change of the catalog takes: what must look at every row (an index that is built, a
 * constraint that is checked) does so under a lock that readers and writers do not feel, and in a transaction of its own. Sources:
 * manual, CREATE INDEX ("Building Indexes Concurrently"), ALTER TABLE (notes on VALIDATE CONSTRAINT and SET NOT NULL). */
#include "plan/online_steps.h"

#include "base/digest.h"
#include "schema/expression.h"
#include "sql/quote.h"

#include <string.h>

/* ---- what is known of the whole ---- */

char *online_address(const void *ctx, const void *object)
{
    return mem_printf(ctx, "%p", object);
}

char *online_key(const void *ctx, const Object *o)
{
    return mem_printf(ctx, "%s %s", o->kind->name, o->key);
}

/* What is done to a table's column is done to those of its children. */
static void mark_changed(Online *on, const Object *column)
{
    map_set(on->dropped, online_address(on->ctx, column), on);
    for (size_t i = 0; column->parent != NULL && i < column->parent->needed_by.n; i++) {
        const Object *link = column->parent->needed_by.v[i];
        bool hands_down = (object_is(link, KIND_INHERITANCE) || object_is(link, KIND_PARTITION)) && link->parent != column->parent;
        const Object *below = hands_down ? object_part_like(link->parent, column) : NULL;
        if (below != NULL)
            mark_changed(on, below);
    }
}

static void look_around(Online *on)
{
    for (size_t i = 0; i < on->statements->n; i++) {
        const Statement *s = &on->statements->v[i];
        bool whole = s->attribute == NULL && s->old == NULL;
        if (whole && text_starts(s->sql, "CREATE ") && s->object->parent == NULL)
            map_set(on->made, online_key(on->ctx, s->object), on);
        if (s->old != NULL && object_is(s->old, KIND_COLUMN) && s->attribute != NULL)
            mark_changed(on, s->old);
        if (!s->takes_away)
            continue;
        if (object_is(s->object, KIND_COLUMN))
            mark_changed(on, s->object);
        else
            map_set(on->dropped, online_address(on->ctx, s->object), on);
        if (strcmp(s->operation, "recreate") == 0 && s->object->parent != NULL)
            map_set(on->replaced, online_key(on->ctx, s->object), (void *)s);
    }
}

bool online_on_old_table(const Online *on, const Object *o)
{
    SCRATCH void *scratch = mem_scratch();
    const Object *table = o->parent;
    return table != NULL && model_find(on->old, table->kind, table->key) != NULL &&
           !map_has(on->made, online_key(scratch, table));
}

static bool is_partitioned(const Object *table)
{
    return object_is(table, KIND_TABLE) && *object_value(table, "relkind") == 'p';
}

static bool is_foreign(const Object *table)
{
    return object_is(table, KIND_TABLE) && *object_value(table, "relkind") == 'f';
}

static bool is_primary(const Object *o)
{
    return object_is(o, KIND_CONSTRAINT) && *object_value(o, "type") == 'p';
}

const Statement *online_movable_drop(Online *on, const Object *new)
{
    const Statement *drop = map_get(on->replaced, online_key(on->ctx, new));
    if (drop == NULL || (is_primary(drop->object) && !is_primary(new)))
        return NULL;
    for (size_t i = 0; i < drop->object->needs.n; i++) {
        const Object *on_old = drop->object->needs.v[i].on;
        bool is_lost = object_is(on_old, KIND_COLUMN) && object_part_like(new->parent, on_old) == NULL;
        if (is_lost || map_has(on->dropped, online_address(on->ctx, on_old)))
            return NULL;
    }
    return drop;
}

/* ---- steps ---- */

/* What looks at every row is committed by itself: a lock that is not had behind it does not cost the whole look again. */
static bool stands_alone(const SchemaStep *step)
{
    return step->begins_group && strstr(step->sql, " VALIDATE CONSTRAINT ") != NULL;
}

SchemaStep *online_add(Online *on, const Statement *s, const char *sql)
{
    const Object *o = s->object;
    bool after_validation = on->steps.n > 0 && stands_alone(&on->steps.v[on->steps.n - 1]);
    SchemaStep step = {.sql = expression_stable(on->ctx, sql), .type = s->type, .operation = s->operation, .path = statement_path(on->ctx, s), .schema = o->schema};
    step.name = o->parent != NULL ? o->parent->name : o->name;
    step.part = o->parent != NULL ? o->name : NULL;
    step.begins_group = after_validation || on->is_closed;
    on->is_closed = false;
    list_push(on->ctx, &on->steps, step);
    SchemaStep *added = &on->steps.v[on->steps.n - 1];
    hazards_add(on->ctx, added, s, on->old);
    return added;
}

SchemaStep *online_addf(Online *on, const Statement *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *sql = mem_vprintf(on->ctx, fmt, args);
    va_end(args);
    return online_add(on, s, sql);
}

SchemaStep *online_add_alone(Online *on, const Statement *s, const char *sql)
{
    SchemaStep *step = online_add(on, s, sql);
    step->no_transaction = true;
    return step;
}

char *online_helper_name(const void *ctx, const char *name, const char *word)
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
    SchemaStep *wait = online_addf(on, s,
                            "SELECT i.indisvalid AS done, CASE WHEN i.indisvalid THEN 100 WHEN p.blocks_total > 0 "
                            "THEN (p.blocks_done * 100 / p.blocks_total)::int ELSE 0 END AS progress "
                            "FROM pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_stat_progress_create_index p "
                            "ON p.index_relid = i.indexrelid WHERE i.indexrelid = %s::pg_catalog.regclass",
                            sql_literal(on->ctx, index));
    wait->wait_message = mem_printf(on->ctx, "Creating index %s", index);
    wait->locks.n = wait->hazards.n = 0;
}

void online_clear_name(Online *on, const Statement *next, const Object *table, KindIndex kind, const char *name)
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
            online_add_alone(on, s, mem_printf(on->ctx, "DROP INDEX CONCURRENTLY %s", o->id));
        else
            online_add(on, s, s->sql);
    }
}

/* ---- indexes ---- */

static char *index_sql(const Online *on, const Object *o, const char *name)
{
    return mem_printf(on->ctx, "CREATE %sINDEX CONCURRENTLY %s ON %s%s", object_value(o, "is_unique"), sql_ident(on->ctx, name),
                      o->parent->id, object_value(o, "definition"));
}

void online_move(Online *on, const Statement *drop)
{
    on->is_moved[drop - on->statements->v] = true;
}

/* The two change names in one transaction: cut off anywhere, queries have one of them, and what is left over is known by its
 * name. */
static void swap_index(Online *on, const Statement *s, const Statement *drop, const char *successor)
{
    const char *old = online_helper_name(on->ctx, s->object->name, "old");
    online_clear_name(on, s, s->object->parent, KIND_INDEX, old);
    online_addf(on, s, "ALTER INDEX %s RENAME TO %s", drop->object->id, sql_ident(on->ctx, old));
    online_addf(on, s, "ALTER INDEX %s RENAME TO %s", successor, sql_ident(on->ctx, s->object->name));
    online_move(on, drop);
    online_add_alone(on, drop, mem_printf(on->ctx, "DROP INDEX CONCURRENTLY %s", name_beside(on->ctx, s->object->parent, old)));
}

static void build_index(Online *on, const Statement *s)
{
    const Object *o = s->object;
    const Statement *drop = online_movable_drop(on, o);
    const char *name = drop == NULL ? o->name : online_helper_name(on->ctx, o->name, "new");
    const char *id = name_beside(on->ctx, o->parent, name);
    if (drop != NULL)
        online_clear_name(on, s, s->object->parent, KIND_INDEX, name);
    online_add_alone(on, s, index_sql(on, o, name));
    add_wait(on, s, id);
    if (drop != NULL)
        swap_index(on, s, drop, id);
}

static void drop_index(Online *on, const Statement *s)
{
    online_add_alone(on, s, mem_printf(on->ctx, "DROP INDEX CONCURRENTLY %s", s->object->id));
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
    const Statement *drop = online_movable_drop(on, o);
    const char *rest, *definition = object_value(o, "definition"), *name = online_helper_name(on->ctx, o->name, "new");
    const char *columns = key_index(on, definition, &rest), *word = *object_value(o, "type") == 'p' ? "PRIMARY KEY" : "UNIQUE";
    online_clear_name(on, s, s->object->parent, KIND_INDEX, name);
    online_add_alone(on, s, mem_printf(on->ctx, "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s USING btree %s", sql_ident(on->ctx, name), o->parent->id, columns));
    add_wait(on, s, name_beside(on->ctx, o->parent, name));
    if (drop != NULL) {
        online_move(on, drop);
        online_add(on, drop, drop->sql);
    }
    online_addf(on, s, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s", o->parent->id, o->id, word, sql_ident(on->ctx, name), rest);
}

static void add_not_valid(Online *on, const Statement *s)
{
    const Object *o = s->object;
    online_addf(on, s, "%s NOT VALID", s->sql);
    SchemaStep *validate = online_addf(on, s, "ALTER %s %s VALIDATE CONSTRAINT %s", object_keyword(o->parent), o->parent->id, o->id);
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
        online_add(on, s, s->sql);
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
    const char *helper = online_helper_name(ctx, c->name, "not_null");
    const char *name = sql_ident(ctx, native ? column_not_null_name(ctx, c) : helper);
    if (!native)
        online_clear_name(on, s, s->object->parent, KIND_CONSTRAINT, helper);
    if (native)
        online_addf(on, s, "ALTER TABLE %s ADD %s NOT VALID", table->id, column_not_null_clause(ctx, c));
    else
        online_addf(on, s, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID", table->id, name, c->id);
    online_addf(on, s, "ALTER TABLE %s VALIDATE CONSTRAINT %s", table->id, name)->begins_group = true;
    if (native)
        return;
    online_add(on, s, s->sql)->begins_group = true;
    online_addf(on, s, "ALTER TABLE %s DROP CONSTRAINT %s", table->id, name);
}

/* ---- all ---- */

static bool is_operation(const Statement *s, KindIndex kind, const char *operation)
{
    return object_is(s->object, kind) && strcmp(s->operation, operation) == 0;
}

static bool attaches(const Statement *s)
{
    return object_is(s->object, KIND_PARTITION) && strcmp(s->operation, "drop") != 0 && strstr(s->sql, " ATTACH PARTITION ") != NULL;
}

static void translate(Online *on, const Statement *s)
{
    const Object *o = s->object;
    bool online = !on->offline && online_on_old_table(on, o) && !is_foreign(o->parent);
    bool partitioned_index = object_is(o, KIND_INDEX) && object_flag(o, "is_partitioned");
    if (online && s->is_online && object_is(o, KIND_INDEX) && !partitioned_index)
        build_index(on, s);
    else if (online && object_is(o, KIND_INDEX) && text_starts(s->sql, "DROP INDEX ") && !partitioned_index)
        drop_index(on, s);
    else if (online && s->is_online && object_is(o, KIND_CONSTRAINT))
        add_constraint(on, s);
    else if (online && s->is_online && object_is(o, KIND_COLUMN) && !is_partitioned(o->parent))
        set_not_null(on, s);
    else if (attaches(s) && (online || (!on->offline && online_beside_default(on, o))))
        online_attach(on, s);
    else if (online && is_operation(s, KIND_PARTITION, "drop") && online_can_detach(on, o))
        online_detach(on, s);
    else
        online_add(on, s, s->sql);
    /* a label can be used once its transaction is over; checks are cheap under a lock that was taken for them alone */
    bool validates = strstr(s->sql, " VALIDATE CONSTRAINT ") != NULL && on->steps.v[on->steps.n - 1].sql == s->sql && !on->offline;
    if (validates)
        on->steps.v[on->steps.n - 1].begins_group = true;
}

static bool adds_label(const Statement *s)
{
    return object_is(s->object, KIND_ENUM) && strstr(s->sql, " ADD VALUE ") != NULL;
}

/* The statement that drops what this one replaces, where that is dropped by the steps of this one. */
static const Statement *dropped_by(Online *on, const Statement *s)
{
    const Object *o = s->object;
    if (s->attribute != NULL || !online_on_old_table(on, o))
        return NULL;
    if (attaches(s))
        return online_detachment_before(on, s);
    bool builds = s->is_online && (object_is(o, KIND_INDEX) ? !object_flag(o, "is_partitioned") : object_is(o, KIND_CONSTRAINT) && can_use_index(o));
    return builds ? online_movable_drop(on, o) : NULL;
}

/* While something is away nobody waits for a look at all rows, unless the same column needs it at once. */
static bool can_wait(const Online *on, size_t i)
{
    const Statement *s = &on->statements->v[i], *next = i + 1 < on->statements->n ? s + 1 : NULL;
    bool for_identity = next != NULL && next->object == s->object && text_equal(next->attribute, "identity");
    return s->is_between && s->is_online && object_is(s->object, KIND_COLUMN) && !on->offline && !for_identity;
}

static void translate_one(Online *on, size_t i)
{
    size_t before = on->steps.n;
    translate(on, &on->statements->v[i]);
    bool after_label = i > 0 && adds_label(&on->statements->v[i - 1]) && !adds_label(&on->statements->v[i]);
    if (after_label && before < on->steps.n)
        on->steps.v[before].begins_group = true;
}

static void translate_all(Online *on)
{
    SCRATCH void *scratch = mem_scratch();
    LIST(size_t) late = {0};
    for (size_t i = 0; i <= on->statements->n; i++) {
        bool ends = i == on->statements->n || !on->statements->v[i].is_between;
        for (size_t k = 0; ends && k < late.n; k++)
            translate_one(on, late.v[k]);
        late.n = ends ? 0 : late.n;
        if (i == on->statements->n || on->is_moved[i])
            continue;
        if (can_wait(on, i))
            list_push(scratch, &late, i);
        else
            translate_one(on, i);
    }
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
    /* what is moved is known before its place comes: that asks nothing but the whole */
    for (size_t i = 0; !offline && i < statements->n; i++) {
        const Statement *drop = dropped_by(&on, &statements->v[i]);
        if (drop != NULL)
            online_move(&on, drop);
    }
    translate_all(&on);
    return on.steps;
}
