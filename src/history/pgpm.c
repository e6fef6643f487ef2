/* history/pgpm.c: the tracking schema of pgpm, pgpm_migrate. A change is known by package and name; its id is the SHA-256
 * of package, name and script hash in one string. */
#include "history/formats.h"
#include "history/record.h"
#include "history_sql.h"

static bool pgpm_setup(History *h, Error *err)
{
    if (h->has_additions)
        return true;
    SCRATCH void *scratch = mem_scratch();
    if (!pg_script(h->conn, history_sql(scratch, h, history_pgpm_additions_sql), err))
        return error_wrap(err, "adding deployed_by and tags to schema %s", h->schema);
    h->has_additions = true;
    return true;
}

static bool pgpm_record_project(History *h, const Module *module, Error *err)
{
    return history_queue(h, "pgwright_project", history_pgpm_record_project_sql, 1, &module->name, err);
}

/* change_id, change_name, package, script_hash, requires. */
static void pgpm_deploy_row(const void *ctx, const History *h, const DeployRecord *record, const char *values[])
{
    const Change *c = record->change;
    char id[DIGEST_HEX_MAX];
    history_change_id(h->format, c, record->script_hash, id);
    TextList requires = {0};
    history_requires(ctx, h, c, &requires);
    *values++ = mem_strdup(ctx, id);
    *values++ = c->instance;
    *values++ = c->module->name;
    *values++ = record->script_hash;
    *values++ = history_array(ctx, &requires);
}

static bool pgpm_record_tag(History *h, const Tag *tag, const char *change_id, Error *err)
{
    (void)change_id;
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {tag->change->module->name, tag->name, tag->change->instance, tag->note, tag->stamp.at,
                            history_planner(scratch, &tag->stamp)};
    return history_queue(h, "pgwright_tag", history_pgpm_record_tag_sql, 6, params, err);
}

static bool pgpm_record_revert(History *h, const Deployed *d, Error *err)
{
    const char *params[] = {d->change_id, d->name, d->project};
    return history_queue(h, "pgwright_revert", history_pgpm_record_revert_sql, 3, params, err);
}

static bool pgpm_record_fail(History *h, const Change *change, const char *action, const Error *failure, Error *err)
{
    const char *params[] = {action, change->instance, change->module->name, failure->message, failure->sqlstate};
    return history_queue(h, "pgwright_fail", history_pgpm_record_fail_sql, 5, params, err);
}

static bool pgpm_rename(History *h, const HistoryRenaming *r, Error *err)
{
    const char *packages[] = {r->new_project, r->project};
    return (r->new_project == NULL ||
            history_queue(h, "pgwright_project", history_pgpm_record_project_sql, 1, packages, err)) &&
           history_rename_rows(h, r, history_pgpm_rename_sql, err) &&
           history_rename_requires(h, r, history_pgpm_rename_requires_sql, err) &&
           (r->new_project == NULL ||
            history_queue(h, "pgwright_unproject", history_pgpm_forget_project_sql, 1, packages + 1, err));
}

const HistoryFormat history_pgpm = {
    .name = "pgpm",
    .default_schema = "pgpm_migrate",
    .table = "changes",
    .digest = DIGEST_SHA256,
    .load = history_pgpm_load_sql,
    .create = {history_pgpm_create_sql},
    .accept = history_pgpm_accept_sql,
    .record_deploys = history_pgpm_record_deploys_sql,
    .deploy_columns = 5,
    .setup = pgpm_setup,
    .record_project = pgpm_record_project,
    .deploy_row = pgpm_deploy_row,
    .record_tag = pgpm_record_tag,
    .record_revert = pgpm_record_revert,
    .rename = pgpm_rename,
    .record_fail = pgpm_record_fail,
};
