/* deploy/session/preview_schema.c: see preview_schema.h. */
#include "deploy/session/preview_schema.h"

#include "base/map.h"
#include "deploy/session/preview_internal.h"
#include "plan/schema_plan.h"
#include "schema/load.h"

enum { OLDEST_VERSION = 140000 };

static const TextList all_schemas;

bool preview_schema_before(Preview *p, PgConn *conn, Error *err)
{
    if (!p->wants_schema || pg_version(conn) < OLDEST_VERSION)
        return true;
    p->schema_before = schema_load(p->ctx, conn, &all_schemas, err);
    return p->schema_before != NULL;
}

static char *identity(const void *ctx, const Object *o)
{
    return mem_printf(ctx, "%s %u", o->kind->catalog, o->oid);
}

/* What has another name now is the same object for the server, though not for a plan that only sees names. */
static void note_renames(Preview *p, const Model *after)
{
    SCRATCH void *scratch = mem_scratch();
    const Model *before = p->schema_before;
    Map *gone = map_new(scratch);
    for (size_t i = 0; i < before->objects.n; i++) {
        Object *o = before->objects.v[i];
        if (o->parent == NULL && model_find(after, o->kind, o->key) == NULL)
            map_set(gone, identity(scratch, o), o);
    }
    for (size_t i = 0; i < after->objects.n; i++) {
        const Object *now = after->objects.v[i], *was = now->parent != NULL ? NULL : map_get(gone, identity(scratch, now));
        if (was != NULL && was->kind == now->kind)
            list_push(p->ctx, &p->result.renames,
                      (PreviewRename){object_path(p->ctx, was), object_path(p->ctx, now)});
    }
}

bool preview_schema_after(Preview *p, PgConn *conn, Error *err)
{
    if (p->schema_before == NULL)
        return true;
    const Model *after = p->result.kept ? schema_load(p->ctx, conn, &all_schemas, err)
                                        : schema_load_here(p->ctx, conn, &all_schemas, err);
    if (after == NULL)
        return false;
    note_renames(p, after);
    p->result.schema = schema_plan_make(p->ctx, p->schema_before, after, &(SchemaPlanOptions){.offline = true});
    return true;
}
