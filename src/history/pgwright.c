/* history/pgwright.c: the history of pgwright.plan projects, schema pgwright. A change is known by project and name; what
 * failed stands in the audit log. */
#include "history/formats.h"
#include "history/record.h"
#include "history_sql.h"

/* change_id, project, change, script_sha256, note, planned_at, planner, requires. */
static void pgwright_deploy_row(const void *ctx, const History *h, const DeployRecord *record, const char *values[])
{
    const Change *c = record->change;
    char id[DIGEST_HEX_MAX];
    history_change_id(h->format, c, record->script_hash, id);
    TextList requires = {0};
    history_requires(ctx, h, c, &requires);
    *values++ = mem_strdup(ctx, id);
    *values++ = c->module->name;
    *values++ = c->instance;
    *values++ = record->script_hash;
    *values++ = c->note;
    *values++ = c->stamp.at;
    *values++ = history_planner(ctx, &c->stamp);
    *values++ = history_array(ctx, &requires);
}

static bool pgwright_record_tag(History *h, const Tag *tag, const char *change_id, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {tag->change->module->name, tag->name, change_id, tag->note, tag->stamp.at,
                            history_planner(scratch, &tag->stamp)};
    return history_queue(h, "pgwright_tag", history_pgwright_record_tag_sql, 6, params, err);
}

static bool pgwright_record_revert(History *h, const Deployed *d, Error *err)
{
    return history_queue(h, "pgwright_revert", history_pgwright_record_revert_sql, 1, &d->change_id, err);
}

static bool pgwright_rename(History *h, const HistoryRenaming *r, Error *err)
{
    return history_rename_rows(h, r, history_pgwright_rename_sql, err) &&
           history_rename_requires(h, r, history_pgwright_rename_requires_sql, err);
}

const HistoryFormat history_pgwright = {
    .name = "pgwright",
    .default_schema = "pgwright",
    .table = "changes",
    .digest = DIGEST_SHA256,
    .load = history_pgwright_load_sql,
    .create = {history_pgwright_create_sql},
    .accept = history_pgwright_accept_sql,
    .record_deploys = history_pgwright_record_deploys_sql,
    .deploy_columns = 8,
    .deploy_row = pgwright_deploy_row,
    .record_tag = pgwright_record_tag,
    .record_revert = pgwright_record_revert,
    .rename = pgwright_rename,
};
