/* history/sqitch.c: the registry of Sqitch, release 1.1. A change is known by Sqitch's id, which depends on every plan
 * line before it. */
#include "history/formats.h"
#include "history/record.h"
#include "history_sql.h"

static bool sqitch_setup(History *h, Error *err)
{
    const char *params[] = {h->identity.name, h->identity.email};
    return history_queue(h, "pgwright_release", history_sqitch_record_release_sql, 2, params, err);
}

/* Another URI for a project of this name: Sqitch refuses it, and so do we, with more than a duplicate key to say. */
static bool project_recorded(void *arg, const PGresult *result, Error *err)
{
    const Module *module = arg;
    if (PQresultStatus(result) != PGRES_FATAL_ERROR)
        return true;
    pg_result_error(result, err);
    if (text_equal(err->sqlstate, "23505")) {
        error_clear(err);
        error_set(err, ERR_CONFIG, "project %s stands in the registry with another URI, or its URI with another name",
                  module->name);
        error_place(err, module->plan_path, 0, 0, NULL);
        error_hint(err, "compare %%uri in the plan with: SELECT project, uri FROM sqitch.projects");
    }
    return false;
}

static bool sqitch_record_project(History *h, const Module *module, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {module->name, module->uri, h->identity.name, h->identity.email};
    union {
        const Module *in;
        void *out;
    } arg = {.in = module};
    return pg_queue(h->conn,
                    &(PgStatement){.sql = history_sql(scratch, h, history_sqitch_record_project_sql),
                                   .params_count = 4,
                                   .params = params,
                                   .reply = project_recorded,
                                   .arg = arg.out},
                    err);
}

/* What the registry keeps of dependencies: their text without the own project's name, and the ids of those required. */
typedef struct Links {
    TextList requires, ids, conflicts, tags;
} Links;

static Links links_of(const void *ctx, const History *h, const Change *change)
{
    Links l = {0};
    for (size_t i = 0; i < change->dependencies.n; i++) {
        const Dependency *d = &change->dependencies.v[i];
        const char *text = history_dependency_text(ctx, change, d);
        list_push(ctx, d->conflict ? &l.conflicts : &l.requires, text);
        const Deployed *foreign = d->target == NULL ? history_find_foreign(h, d) : NULL;
        if (!d->conflict)
            list_push(ctx, &l.ids, d->target != NULL ? d->target->id : foreign != NULL ? foreign->change_id : "");
    }
    for (size_t i = 0; i < change->tags.n; i++)
        list_push(ctx, &l.tags, mem_printf(ctx, "@%s", change->tags.v[i]->name));
    return l;
}

/* change_id, script_hash, change, project, note, committer's name and email, planned_at, planner's name and email,
 * requires, the ids of these, conflicts, tags. */
static void sqitch_deploy_row(const void *ctx, const History *h, const DeployRecord *record, const char *values[])
{
    const Change *c = record->change;
    Links l = links_of(ctx, h, c);
    *values++ = c->id;
    *values++ = record->script_hash;
    *values++ = c->name;
    *values++ = c->module->name;
    *values++ = c->note;
    *values++ = h->identity.name;
    *values++ = h->identity.email;
    *values++ = c->stamp.at;
    *values++ = c->stamp.name;
    *values++ = c->stamp.email;
    *values++ = history_array(ctx, &l.requires);
    *values++ = history_array(ctx, &l.ids);
    *values++ = history_array(ctx, &l.conflicts);
    *values++ = history_array(ctx, &l.tags);
}

static bool sqitch_record_tag(History *h, const Tag *tag, const char *change_id, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {tag->id,
                            mem_printf(scratch, "@%s", tag->name),
                            tag->change->module->name,
                            change_id,
                            tag->note,
                            h->identity.name,
                            h->identity.email,
                            tag->stamp.at,
                            tag->stamp.name,
                            tag->stamp.email};
    return history_queue(h, "pgwright_tag", history_sqitch_record_tag_sql, 10, params, err);
}

static bool sqitch_record_revert(History *h, const Deployed *d, Error *err)
{
    const char *params[] = {d->change_id, h->identity.name, h->identity.email};
    return history_queue(h, "pgwright_revert", history_sqitch_record_revert_sql, 3, params, err);
}

static bool sqitch_record_fail(History *h, const Change *change, const char *action, const Error *failure, Error *err)
{
    (void)failure;
    if (text_equal(action, "revert")) /* Sqitch notes failed deploys only */
        return true;
    SCRATCH void *scratch = mem_scratch();
    Links l = links_of(scratch, h, change);
    const char *params[] = {change->id,
                            change->name,
                            change->module->name,
                            change->note,
                            h->identity.name,
                            h->identity.email,
                            change->stamp.at,
                            change->stamp.name,
                            change->stamp.email,
                            history_array(scratch, &l.requires),
                            history_array(scratch, &l.conflicts),
                            history_array(scratch, &l.tags)};
    return history_queue(h, "pgwright_fail", history_sqitch_record_fail_sql, 12, params, err);
}

/* Tags and dependencies follow their change by their foreign keys; what names it in text does not. */
static bool sqitch_rename(History *h, const HistoryRenaming *r, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *project[] = {r->project, r->new_project, r->uri};
    const char *tags[] = {history_array(scratch, &r->tag_projects), history_array(scratch, &r->tag_names),
                          history_array(scratch, &r->tag_ids)};
    return (r->new_project == NULL ||
            history_queue(h, "pgwright_rename_project", history_sqitch_rename_project_sql, 3, project, err)) &&
           history_rename_rows(h, r, history_sqitch_rename_sql, err) &&
           history_rename_requires(h, r, history_sqitch_rename_requires_sql, err) &&
           history_queue(h, "pgwright_rename_tags", history_sqitch_rename_tags_sql, 3, tags, err);
}

const HistoryFormat history_sqitch = {
    .name = "sqitch",
    .default_schema = "sqitch",
    .table = "changes",
    .digest = DIGEST_SHA1,
    .identity_by_id = true,
    .load = history_sqitch_load_sql,
    .create = {history_sqitch_create_sql},
    .accept = history_sqitch_accept_sql,
    .record_deploys = history_sqitch_record_deploys_sql,
    .deploy_columns = 14,
    .setup = sqitch_setup,
    .record_project = sqitch_record_project,
    .deploy_row = sqitch_deploy_row,
    .record_tag = sqitch_record_tag,
    .record_revert = sqitch_record_revert,
    .rename = sqitch_rename,
    .record_fail = sqitch_record_fail,
};
