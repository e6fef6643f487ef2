/* schema/grants.c: see grants.h. An access control list that is not there means the kind's default (manual, "Privileges"):
 * the owner may do everything, and everybody may use types and call functions. */
#include "schema/grants.h"

#include "sql/quote.h"

#include <string.h>

enum { VERSION_MAINTAIN = 170000 };

static void add_list(const void *ctx, GrantList *list, const char *grantee, const char *privileges)
{
    for (const char *p = privileges; *p != '\0';) {
        size_t len = strcspn(p, ",");
        list_push(ctx, list, (Grant){grantee, mem_strndup(ctx, p, len), false});
        p += len + (p[len] == ',');
    }
}

static void add_owner_privileges(const void *ctx, GrantList *list, const Kind *kind, int version)
{
    if (kind->all_privileges == NULL)
        return;
    add_list(ctx, list, "", kind->all_privileges);
    if (version >= VERSION_MAINTAIN && (kind == &kinds[KIND_TABLE] || kind == &kinds[KIND_VIEW]))
        list_push(ctx, list, (Grant){"", "MAINTAIN", false});
}

static void add_defaults(const void *ctx, GrantList *list, const Kind *kind, int version)
{
    add_owner_privileges(ctx, list, kind, version);
    if (kind->public_privilege != NULL)
        add_list(ctx, list, NULL, kind->public_privilege);
}

static Grant *find(const GrantList *list, const Grant *g)
{
    for (size_t i = 0; i < list->n; i++)
        if (text_equal(list->v[i].grantee, g->grantee) && strcmp(list->v[i].privilege, g->privilege) == 0)
            return &list->v[i];
    return NULL;
}

static void add_all(const void *ctx, GrantList *list, const GrantList *more)
{
    for (size_t i = 0; i < more->n; i++)
        if (find(list, &more->v[i]) == NULL)
            list_push(ctx, list, more->v[i]);
}

/* What ALTER DEFAULT PRIVILEGES calls the kind. */
static const char *default_objects(const Object *o)
{
    return object_is(o, KIND_TABLE) || object_is(o, KIND_VIEW)                   ? "TABLES"
           : object_is(o, KIND_SEQUENCE) || object_is(o, KIND_IDENTITY_SEQUENCE) ? "SEQUENCES"
           : object_is(o, KIND_FUNCTION) || object_is(o, KIND_AGGREGATE)         ? "FUNCTIONS"
           : strcmp(o->kind->catalog, "pg_type") == 0                            ? "TYPES"
           : object_is(o, KIND_SCHEMA)                                           ? "SCHEMAS"
                                                                                 : NULL;
}

/* They stand at the end of all objects. */
static bool has_default_privileges(const Model *target)
{
    size_t n = target->objects.n;
    return n > 0 && object_is(target->objects.v[n - 1], KIND_DEFAULT_PRIVILEGES);
}

static const Object *default_privileges(const Model *target, const char *schema, const char *objects)
{
    for (size_t i = target->objects.n; i > 0 && object_is(target->objects.v[i - 1], KIND_DEFAULT_PRIVILEGES); i--) {
        const Object *d = target->objects.v[i - 1];
        if (text_equal(d->schema, schema) &&
            strcmp(object_value(d, "role"), target->user) == 0 && strcmp(object_value(d, "objects"), objects) == 0)
            return d;
    }
    return NULL;
}

/* What an object has that was just made. */
static GrantList initial(const void *ctx, const Model *target, const Object *new)
{
    GrantList list = {0};
    const char *objects = default_objects(new);
    const Object *global = objects == NULL ? NULL : default_privileges(target, NULL, objects);
    const Object *local = objects == NULL || new->schema == NULL ? NULL : default_privileges(target, new->schema, objects);
    if (global != NULL)
        add_all(ctx, &list, &global->extras->grants);
    else
        add_defaults(ctx, &list, new->kind, target->version);
    if (local != NULL)
        add_all(ctx, &list, &local->extras->grants);
    return list;
}

static bool is_local_default(const Object *o)
{
    return object_is(o, KIND_DEFAULT_PRIVILEGES) && o->schema != NULL;
}

/* Global default privileges are told against what holds without them. */
static const Kind *subject_of(const Object *o)
{
    static const struct {
        const char *objects;
        KindIndex kind;
    } subjects[] = {{"TABLES", KIND_TABLE}, {"SEQUENCES", KIND_SEQUENCE}, {"FUNCTIONS", KIND_FUNCTION}, {"TYPES", KIND_ENUM},
                    {"SCHEMAS", KIND_SCHEMA}};
    if (!object_is(o, KIND_DEFAULT_PRIVILEGES))
        return o->kind;
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        if (strcmp(object_value(o, "objects"), subjects[i].objects) == 0)
            return &kinds[subjects[i].kind];
    return o->kind;
}

static GrantList effective(const void *ctx, const Object *o, int version)
{
    GrantList list = {0};
    if (o->extras->has_grants || is_local_default(o))
        add_all(ctx, &list, &o->extras->grants);
    else
        add_defaults(ctx, &list, subject_of(o), version);
    return list;
}

const Object *grants_carried(const void *ctx, const Object *was, const Object *new, GrantPolicy policy, int version)
{
    if (policy == GRANTS_MANAGED && was->extras->ignored_grants.n == 0)
        return new;
    Object *o = mem_new(ctx, Object);
    Extras *extras = mem_new(ctx, Extras);
    *o = *new;
    *extras = *new->extras;
    o->extras = extras;
    extras->grants = effective(ctx, policy == GRANTS_LEAVE ? was : new, version);
    if (policy == GRANTS_ADD) {
        GrantList more = effective(ctx, was, version);
        add_all(ctx, &extras->grants, &more);
    }
    add_all(ctx, &extras->grants, &was->extras->ignored_grants);
    extras->has_grants = true;
    return o;
}

/* ---- statements ---- */

typedef struct Change {
    Script *script;
    const Object *new;
    const char *owner;      /* who "" is */
} Change;

static const char *role_name(const Change *c, const char *grantee)
{
    return grantee == NULL ? "PUBLIC" : sql_ident(c->script->ctx, *grantee == '\0' ? c->owner : grantee);
}

static const char *path_of(const Change *c, const char *role)
{
    const void *ctx = c->script->ctx;
    const Object *o = c->new;
    if (object_is(o, KIND_DEFAULT_PRIVILEGES))
        return mem_printf(ctx, "default_privileges.%s.%s.%s", object_value(o, "role"), object_value(o, "objects"), role);
    if (object_is(o, KIND_COLUMN))
        return mem_printf(ctx, "column_privileges.TABLE.%s.%s.%s", o->parent->name, o->name, role);
    const char *keyword = object_keyword(o);
    const char *what = object_is(o, KIND_TABLE) || object_is(o, KIND_VIEW) ? "TABLE" : *keyword != '\0' ? keyword : NULL;
    if (what == NULL) { /* the first words of what GRANT names */
        const char *grant = o->kind->grant;
        what = mem_strndup(ctx, grant, (size_t)(strchr(grant, '{') - grant) - 1);
    }
    const char *name = object_is(o, KIND_IDENTITY_SEQUENCE) ? object_value(o, "sequence") : o->name;
    return mem_printf(ctx, "privileges.%s.%s.%s", what, name, role);
}

static void add_statement(const Change *c, bool give, bool option, const char *privileges, const char *role)
{
    const Object *o = c->new;
    Statement *s;
    const char *verb = give ? "GRANT" : option ? "REVOKE GRANT OPTION FOR" : "REVOKE";
    const char *end = give && option ? " WITH GRANT OPTION" : "";
    if (object_is(o, KIND_DEFAULT_PRIVILEGES)) {
        s = script_add(c->script, "ALTER DEFAULT PRIVILEGES FOR ROLE %s%s%s %s %s ON %s %s %s%s",
                       sql_ident(c->script->ctx, object_value(o, "role")), o->schema ? " IN SCHEMA " : "",
                       o->schema ? sql_ident(c->script->ctx, o->schema) : "", verb, privileges, object_value(o, "objects"),
                       give ? "TO" : "FROM", role, end);
        s->type = "default_privilege";
    } else {
        s = script_add(c->script, "%s %s ON %s %s %s%s", verb, privileges, template_text(c->script->ctx, o->kind->grant, o, NULL),
                       give ? "TO" : "FROM", role, end);
        s->type = object_is(o, KIND_COLUMN) ? "column_privilege" : "privilege";
    }
    s->operation = c->script->operation != NULL && strcmp(c->script->operation, "recreate") == 0 ? "recreate" : give ? "create" : "drop";
    s->path = script_keep(c->script, path_of(c, role));
    s->attribute = "privileges";
}

/* All privileges of one grantee that a statement of this form must name: those of `list` that `wanted` picks. */
typedef bool (*Wanted)(const Grant *grant, const GrantList *other);

static bool is_missing(const Grant *g, const GrantList *other)
{
    const Grant *there = find(other, g);
    return !g->grantable && there == NULL;
}

static bool is_missing_with_option(const Grant *g, const GrantList *other)
{
    const Grant *there = find(other, g);
    return g->grantable && (there == NULL || !there->grantable);
}

static bool is_gone(const Grant *g, const GrantList *other)
{
    return find(other, g) == NULL;
}

static bool is_option_gone(const Grant *g, const GrantList *other)
{
    const Grant *there = find(other, g);
    return g->grantable && there != NULL && !there->grantable;
}

static void add_statements(const Change *c, const GrantList *list, const GrantList *other, Wanted wanted, bool give, bool option)
{
    const void *ctx = c->script->ctx;
    bool *done = mem_array(ctx, bool, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        Str privileges = str_new(ctx);
        for (size_t k = i; k < list->n; k++) {
            if (done[k] || !text_equal(list->v[k].grantee, list->v[i].grantee) || !wanted(&list->v[k], other))
                continue;
            done[k] = true;
            str_addf(&privileges, "%s%s", privileges.len > 0 ? ", " : "", list->v[k].privilege);
            if (object_is(c->new, KIND_COLUMN))
                str_addf(&privileges, " (%s)", c->new->id);
        }
        if (privileges.len > 0)
            add_statement(c, give, option, privileges.text, role_name(c, list->v[i].grantee));
    }
}

/* The public schema's list is the server's own work, and which it is depends on its version: only what others were given
 * is compared. */
static void leave_out_builtin(const Object *o, GrantList *list)
{
    size_t n = 0;
    if (!object_is(o, KIND_SCHEMA) || strcmp(o->name, "public") != 0)
        return;
    for (size_t i = 0; i < list->n; i++) {
        const char *grantee = list->v[i].grantee;
        if (grantee != NULL && *grantee != '\0' && strcmp(grantee, "pg_database_owner") != 0)
            list->v[n++] = list->v[i];
    }
    list->n = n;
}

/* What a role is given that owns the object is the owner's, whoever that was where the new state was made. */
static void fold_owner(const void *ctx, GrantList *list, const char *owner)
{
    GrantList folded = {0};
    for (size_t i = 0; i < list->n; i++) {
        Grant g = list->v[i];
        if (text_equal(g.grantee, owner))
            g.grantee = "";
        Grant *there = find(&folded, &g);
        if (there == NULL)
            list_push(ctx, &folded, g);
        else
            there->grantable |= g.grantable;
    }
    *list = folded;
}

/* What is revoked from a table is revoked from its columns as well: what they keep is given again. */
static void restore_columns(const Change *c, const Object *old, const GrantList *have, const GrantList *want)
{
    for (size_t i = 0; old != NULL && i < c->new->parts.n; i++) {
        const Object *column = c->new->parts.v[i], *before = object_part_like(old, column);
        if (!object_is(column, KIND_COLUMN) || before == NULL)
            continue;
        GrantList lost = {0};
        for (size_t k = 0; k < column->extras->grants.n; k++) {
            const Grant *g = &column->extras->grants.v[k];
            if (find(&before->extras->grants, g) != NULL && find(have, g) != NULL && find(want, g) == NULL)
                list_push(c->script->ctx, &lost, *g);
        }
        Change of_column = {.script = c->script, .new = column, .owner = c->owner};
        add_statements(&of_column, &lost, &(GrantList){0}, is_missing, true, false);
        add_statements(&of_column, &lost, &(GrantList){0}, is_missing_with_option, true, true);
    }
}

void grants_change(Script *script, const Model *target, const Object *old, const Object *new, const char *owner, bool only_add)
{
    if (new->kind->grant == NULL && !object_is(new, KIND_DEFAULT_PRIVILEGES))
        return;
    if (old != NULL && !old->extras->has_grants && !new->extras->has_grants && !is_local_default(new))
        return;
    if (old == NULL && !new->extras->has_grants && !object_is(new, KIND_DEFAULT_PRIVILEGES) && !has_default_privileges(target))
        return;
    Change c = {.script = script, .new = new, .owner = owner};
    if (object_is(new, KIND_DEFAULT_PRIVILEGES))
        c.owner = object_value(new, "role");
    GrantList have = {0}, want = effective(script->ctx, new, target->version);
    if (old != NULL)
        have = effective(script->ctx, old, target->version);
    else if (!is_local_default(new))
        have = object_is(new, KIND_DEFAULT_PRIVILEGES) ? (GrantList){0} : initial(script->ctx, target, new);
    if (old == NULL && object_is(new, KIND_DEFAULT_PRIVILEGES) && new->schema == NULL)
        add_defaults(script->ctx, &have, subject_of(new), target->version);
    if (old != NULL || !object_is(new, KIND_DEFAULT_PRIVILEGES)) {
        fold_owner(script->ctx, &have, c.owner);
        fold_owner(script->ctx, &want, c.owner);
    }
    leave_out_builtin(new, &have);
    leave_out_builtin(new, &want);
    if (!only_add) {
        add_statements(&c, &have, &want, is_gone, false, false);
        add_statements(&c, &have, &want, is_option_gone, false, true);
        restore_columns(&c, old, &have, &want);
    }
    add_statements(&c, &want, &have, is_missing, true, false);
    add_statements(&c, &want, &have, is_missing_with_option, true, true);
}

void grants_take_away(Script *script, const Model *target, const Object *old)
{
    Object *bare = mem_new(script->ctx, Object);
    *bare = *old;
    bare->extras = &no_extras;
    object_extras(script->ctx, bare)->has_grants = is_local_default(old);
    grants_change(script, target, old, bare, object_value(old, "role"), false);
}
