/* history/file_history.c: see file_history.h. */
#include "history/file_history.h"

#include "history_sql.h"
#include "project/session/checksum.h"

#include <string.h>

enum { SAVE_PARAMS = 6 };

const HistoryFormat history_session = {
    .name = "session",
    .default_schema = "pgwright",
    .table = "file_history",
    .digest = DIGEST_SHA256,
    .create = {history_file_history_create_sql, history_schema_state_create_sql},
};

/* ---- files ---- */

static FileState driver_state(const void *ctx, const Folder *folder)
{
    char *checksum = mem_array(ctx, char, DIGEST_HEX_MAX), *normalised = mem_array(ctx, char, DIGEST_HEX_MAX);
    digest_of(DIGEST_SHA256, folder->driver.p, folder->driver.len, checksum);
    checksum_normalised(folder->driver, normalised);
    return (FileState){.path = "./" FILE_HISTORY_DRIVER, .checksum = checksum, .pgmi_checksum = normalised, .id = ""};
}

void file_states(const void *ctx, const Folder *folder, FileStateList *out)
{
    const FileState driver = driver_state(ctx, folder);
    bool placed = false;
    for (size_t i = 0; i < folder->files.n; i++) {
        const FolderFile *f = &folder->files.v[i];
        if (!placed && strcmp(driver.path, f->path) < 0) {
            list_push(ctx, out, driver);
            placed = true;
        }
        list_push(ctx, out, (FileState){.path = f->path,
                                        .checksum = f->checksum,
                                        .pgmi_checksum = f->normalised,
                                        .id = f->meta != NULL ? f->meta->id : ""});
    }
    if (!placed)
        list_push(ctx, out, driver);
}

/* The parameters of file_history_save.sql. */
static void save_params(const void *ctx, const Audit *a, const char *project, const FileStateList *files,
                        const char *params[SAVE_PARAMS])
{
    Str columns[4];
    for (size_t c = 0; c < 4; c++)
        columns[c] = str_new(ctx);
    for (size_t i = 0; i < files->n; i++) {
        const FileState *f = &files->v[i];
        const char *const values[] = {f->path, f->checksum, f->pgmi_checksum, f->id};
        for (size_t c = 0; c < 4; c++)
            history_array_add(&columns[c], values[c]);
    }
    params[0] = audit_deployment(a);
    params[1] = project;
    for (size_t c = 0; c < 4; c++)
        params[2 + c] = history_array_end(&columns[c]);
}

bool file_history_save(History *h, const Audit *a, const char *project, const FileStateList *files, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[SAVE_PARAMS];
    save_params(scratch, a, project, files, params);
    return history_queue(h, "pgwright_file_history", history_file_history_save_sql, SAVE_PARAMS, params, err);
}

bool file_history_adopt(History *h, const Audit *a, const char *project, const FileStateList *files, long *n,
                        Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[SAVE_PARAMS];
    save_params(scratch, a, project, files, params);
    PGresult *r = pg_query(scratch, h->conn, history_file_history_adopt_sql, SAVE_PARAMS, params, err);
    return r != NULL && text_to_long(PQgetvalue(r, 0, 0), 0, 0x7fffffff, n);
}

/* ---- what is known ---- */

bool file_history_state(const void *ctx, History *h, const Audit *a, const char *project, FileHistoryState *state,
                        Error *err)
{
    const char *params[] = {project, audit_deployment(a)};
    PGresult *r = pg_query(ctx, h->conn, history_file_history_state_sql, 2, params, err);
    if (r == NULL)
        return false;
    *state = (FileHistoryState){.others = PQgetvalue(r, 0, 1),
                                .has_script_log = PQgetvalue(r, 0, 2)[0] == 't',
                                .left_parts = PQgetvalue(r, 0, 3)[0] == 't'};
    return text_to_long(PQgetvalue(r, 0, 0), 0, 0x7fffffff, &state->files);
}

static FileOutcome outcome_of(const char *outcome, bool one_runs)
{
    if (strcmp(outcome, "done") == 0)
        return DEPLOYMENT_DONE;
    if (strcmp(outcome, "failed") == 0)
        return DEPLOYMENT_FAILED;
    return one_runs ? DEPLOYMENT_RUNNING : DEPLOYMENT_CUT_OFF;
}

bool file_history_last(const void *ctx, PgConn *conn, const char *project, const char *before, LastDeployment *last,
                       Error *err)
{
    const char *params[] = {project, before != NULL ? before : "9223372036854775807"};
    PGresult *r = pg_query(ctx, conn, history_file_history_last_sql, 2, params, err);
    *last = (LastDeployment){0};
    if (r == NULL || PQntuples(r) == 0)
        return r != NULL;
    *last = (LastDeployment){.exists = true,
                             .id = PQgetvalue(r, 0, 0),
                             .started_at = PQgetvalue(r, 0, 1),
                             .finished_at = PQgetvalue(r, 0, 2),
                             .outcome = outcome_of(PQgetvalue(r, 0, 3), PQgetvalue(r, 0, 8)[0] == 't'),
                             .by = PQgetvalue(r, 0, 4),
                             .host = PQgetvalue(r, 0, 5),
                             .committed = PQgetvalue(r, 0, 6),
                             .failure = PQgetvalue(r, 0, 7)};
    return true;
}

bool file_history_load(const void *ctx, PgConn *conn, const char *project, FileRecordList *out, Error *err)
{
    PGresult *r = pg_query(ctx, conn, history_file_history_load_sql, 1, &project, err);
    for (int i = 0; r != NULL && i < PQntuples(r); i++)
        list_push(ctx, out,
                  (FileRecord){.path = PQgetvalue(r, i, 0),
                               .checksum = PQgetvalue(r, i, 1),
                               .deployed_at = PQgetvalue(r, i, 2),
                               .deployed_by = PQgetvalue(r, i, 3)});
    return r != NULL;
}
