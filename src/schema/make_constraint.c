/* schema/make_constraint.c: statements of constraints, indexes and statistics objects. */
#include "schema/making.h"

#include "sql/quote.h"

#include <jansson.h>
#include <string.h>

static const char *type_of(const Object *constraint)
{
    return object_value(constraint, "type");
}

static bool has_index(const Object *constraint)
{
    return strchr("pux", *type_of(constraint)) != NULL;
}

/* The server does not attach indexes of these to one another: those of partitions come with that of the whole. */
static bool excludes_rows(const Object *constraint)
{
    return *type_of(constraint) == 'x' || strstr(object_value(constraint, "definition"), "WITHOUT OVERLAPS") != NULL;
}

/* A key of a partitioned table gets its partitions' keys attached one by one. */
static const char *only(const Object *constraint)
{
    bool partitioned = strcmp(object_keyword(constraint->parent), "TABLE") == 0 &&
                       *object_value(constraint->parent, "relkind") == 'p';
    return partitioned && has_index(constraint) && !excludes_rows(constraint) ? "ONLY " : "";
}

static void set_index_options(Script *script, const Object *o, const char *before, const char *after)
{
    const char *index = name_beside(script->ctx, o->parent, o->name);
    const char *set = options_set(script->ctx, before, after), *reset = options_reset(script->ctx, before, after);
    if (*set != '\0')
        script_add(script, "ALTER INDEX %s SET (%s)", index, set)->attribute = "options";
    if (*reset != '\0')
        script_add(script, "ALTER INDEX %s RESET (%s)", index, reset)->attribute = "options";
}

void validate_constraint(Script *script, const Object *o)
{
    script_add(script, "ALTER %s %s VALIDATE CONSTRAINT %s", object_keyword(o->parent), o->parent->id, o->id);
}

/* A check that comes unchecked is so in all children, though some shall have checked it. */
static void validate_below(Script *script, const Object *o)
{
    for (size_t i = 0; i < o->parent->needed_by.n; i++) {
        const Object *link = o->parent->needed_by.v[i];
        bool is_below = object_is(link, KIND_INHERITANCE) && link->parent != o->parent;
        const Object *check = is_below ? object_part_like(link->parent, o) : NULL;
        if (check == NULL || !script->follows_new[check->number])
            continue;
        if (object_flag(check, "validated"))
            validate_constraint(script, check);
        else
            validate_below(script, check);
    }
}

void create_constraint(Script *script, const Object *o)
{
    Statement *s = script_add(script, "ALTER %s %s%s ADD CONSTRAINT %s %s", object_keyword(o->parent), only(o), o->parent->id, o->id,
                              object_value(o, "definition"));
    s->is_online = true;
    set_index_options(script, o, NULL, object_value(o, "options"));
    if (!object_flag(o, "validated") && script->follows_new != NULL)
        validate_below(script, o);
}

const char *only_where_kept(const Script *script, const Object *part)
{
    return script->drop_only != NULL && script->drop_only[part->number] ? "ONLY " : "";
}

void drop_constraint(Script *script, const Object *o)
{
    script_add(script, "ALTER %s %s%s DROP CONSTRAINT %s", object_keyword(o->parent), only_where_kept(script, o), o->parent->id, o->id);
}

/* The definition without what says that it is not validated. */
static size_t bare_length(const Object *o)
{
    static const char mark[] = " NOT VALID";
    const char *definition = object_value(o, "definition");
    size_t len = strlen(definition);
    return text_ends(definition, mark) ? len - (sizeof mark - 1) : len;
}

bool constraint_needs_rebuild(const Object *old, const Object *new)
{
    size_t a = bare_length(old), b = bare_length(new);
    if (a != b || memcmp(object_value(old, "definition"), object_value(new, "definition"), a) != 0)
        return true;
    return object_flag(old, "validated") && !object_flag(new, "validated");
}

void alter_constraint(Script *script, const Object *old, const Object *new)
{
    if (differs(old, new, "validated"))
        validate_constraint(script, new);
    set_index_options(script, new, object_value(old, "options"), object_value(new, "options"));
}

/* ---- indexes ---- */

static void set_statistics(Script *script, const Object *o, const char *before, const char *after)
{
    json_t *a = before == NULL ? json_object() : json_loads(before, 0, NULL), *value;
    json_t *b = after == NULL ? json_object() : json_loads(after, 0, NULL);
    const char *column;
    json_object_foreach(b, column, value) if (!json_equal(json_object_get(a, column), value))
        script_add(script, "ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %lld", o->id, column, (long long)json_integer_value(value));
    json_object_foreach(a, column, value) if (json_object_get(b, column) == NULL)
        script_add(script, "ALTER INDEX %s ALTER COLUMN %s SET STATISTICS -1", o->id, column);
    json_decref(a);
    json_decref(b);
}

void create_index(Script *script, const Object *o)
{
    Statement *s = script_add(script, "CREATE %sINDEX %s ON %s%s%s", object_value(o, "is_unique"), sql_ident(script->ctx, o->name),
                              object_flag(o, "is_partitioned") ? "ONLY " : "", o->parent->id, object_value(o, "definition"));
    s->is_online = true;
    set_statistics(script, o, NULL, object_value(o, "statistics"));
}

bool is_incomplete(const Object *index)
{
    return object_is(index, KIND_INDEX) && object_flag(index, "is_partitioned") && !object_flag(index, "valid");
}

static bool has_partition(const Object *index, const char *partition)
{
    for (size_t i = 0; i < index->needed_by.n; i++)
        if (object_is(index->needed_by.v[i], KIND_INDEX_PARTITION) && strcmp(index->needed_by.v[i]->key, partition) == 0)
            return true;
    return false;
}

/* One that was not built to its end is no good; that of a partitioned table lacks partitions, perhaps, that are going to come. */
bool index_needs_rebuild(const Object *old, const Object *new)
{
    if (!differs(old, new, "valid"))
        return false;
    for (size_t i = 0; is_incomplete(old) && i < new->needed_by.n; i++)
        if (object_is(new->needed_by.v[i], KIND_INDEX_PARTITION) && !has_partition(old, new->needed_by.v[i]->key))
            return false;
    return true;
}

void alter_index(Script *script, const Object *old, const Object *new)
{
    set_statistics(script, new, object_value(old, "statistics"), object_value(new, "statistics"));
}

void create_index_partition(Script *script, const Object *o)
{
    script_add(script, "ALTER INDEX %s ATTACH PARTITION %s", object_value(o, "of_index"), o->id);
}

void create_statistics(Script *script, const Object *o)
{
    script_add(script, "CREATE STATISTICS %s%s", o->id, object_value(o, "definition"));
}
