/* history/record.c: see record.h. A batch is one array per column, which the format's statement unnests. */
#include "history/record.h"

#include <string.h>

enum {
    BATCH = 500, /* changes with one statement: bounds what the parameters take */
    COLUMNS_MAX = 15,
};

static const char SAVEPOINT_SQL[] = "SAVEPOINT pgwright_record";
static const char RETURN_SQL[] = "ROLLBACK TO SAVEPOINT pgwright_record";

/* Not as timestamptz: what that looks like depends on the session's DateStyle. */
const char RECORD_CLOCK_SQL[] = "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint";

DeployRecord record_of(const Change *change, const char *script_hash, int64_t at)
{
    return (DeployRecord){.change = change, .script_hash = script_hash, .tags = change->tags, .at = at};
}

static void add_row(const History *h, const DeployRecord *record, Str *columns)
{
    SCRATCH void *scratch = mem_scratch();
    const char *values[COLUMNS_MAX + 1] = {0};
    size_t times = h->format->deploy_columns;
    h->format->deploy_row(scratch, h, record, values);
    values[times] = mem_printf(scratch, "%lld", (long long)record->at);
    for (size_t c = 0; c <= times; c++)
        history_array_add(&columns[c], values[c]);
}

static bool queue_rows(History *h, const DeployRecord *records, size_t n, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const HistoryFormat *f = h->format;
    Str columns[COLUMNS_MAX + 1];
    const char *params[COLUMNS_MAX + 1];
    for (size_t c = 0; c <= f->deploy_columns; c++)
        columns[c] = str_new(scratch);
    for (size_t i = 0; i < n; i++)
        add_row(h, &records[i], columns);
    for (size_t c = 0; c <= f->deploy_columns; c++)
        params[c] = history_array_end(&columns[c]);
    return history_queue(h, "pgwright_deploy", f->record_deploys, (int)f->deploy_columns + 1, params, err);
}

static bool queue_tags(History *h, const DeployRecord *record, Error *err)
{
    char id[DIGEST_HEX_MAX];
    history_change_id(h->format, record->change, record->script_hash, id);
    for (size_t i = 0; i < record->tags.n; i++)
        if (!h->format->record_tag(h, record->tags.v[i], id, err))
            return false;
    return true;
}

static bool queue_batch(History *h, const DeployRecord *records, size_t n, Error *err)
{
    bool ok = queue_rows(h, records, n, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = queue_tags(h, &records[i], err);
    return ok;
}

bool record_deployed(History *h, const DeployRecordList *records, Error *err)
{
    bool ok = records->n == 0 || pg_queue_sql(h->conn, SAVEPOINT_SQL, err);
    for (size_t from = 0; ok && from < records->n; from += BATCH) {
        size_t left = records->n - from;
        ok = queue_batch(h, records->v + from, left < BATCH ? left : BATCH, err);
    }
    return ok;
}

static bool write_one(History *h, const DeployRecord *record, Error *err)
{
    return queue_batch(h, record, 1, err) && pg_wait(h->conn, err);
}

const Change *record_find_refused(History *h, const DeployRecordList *records, Error *err)
{
    Error again = {0};
    bool ok = records->n > 0 && pg_recover(h->conn) && !pg_stopping(h->conn) && pg_queue_sql(h->conn, RETURN_SQL, &again) &&
              pg_wait(h->conn, &again);
    for (size_t i = 0; ok && i < records->n; i++) {
        const Change *c = records->v[i].change;
        if (write_one(h, &records->v[i], &again))
            continue;
        error_wrap(&again, "recording %s:%s", c->module->name, c->instance);
        if (strcmp(again.sqlstate, "23505") == 0)
            error_hint(&again, "another run or a script has written it into the history; pgwright status shows what stands there");
        error_move(err, &again);
        return c;
    }
    error_clear(&again);
    return NULL;
}
