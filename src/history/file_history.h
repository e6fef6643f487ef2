/* history/file_history.h: which files session deployments had, beside the audit log: one row for each project and path.
 *
 * A deployment stands in the audit log as events of the change FILE_HISTORY_DRIVER: `start`, a `statement` for what it committed,
 * then `deploy` or `fail`. One that has neither was cut off. */
#ifndef HISTORY_FILE_HISTORY_H
#define HISTORY_FILE_HISTORY_H

#include "history/audit.h"
#include "project/session/folder.h"

/* The format under which session deployments stand in the audit log; no row of history_formats[], for it has no
 * changes. */
extern const HistoryFormat history_session;

#define FILE_HISTORY_DRIVER "deploy.sql"

/* A file of the project as it is. */
typedef struct FileState {
    const char *path; /* "./a/b.sql" */
    const char *checksum, *pgmi_checksum;
    const char *id;   /* of its metadata; "" for none */
} FileState;
typedef LIST(FileState) FileStateList;

/* All of a folder, deploy.sql ("./deploy.sql") and tests among them, in byte order of their paths. Borrows the folder's
 * texts. */
void file_states(const void *ctx, const Folder *folder, FileStateList *out);

/* Queues the rows of a deployment that came to its end: one statement, however many. */
bool file_history_save(History *h, const Audit *a, const char *project, const FileStateList *files, Error *err);

/* What is known before the deployment begins. */
typedef struct FileHistoryState {
    long files;          /* of the project that have a row */
    const char *others;  /* projects that have some, "a, b"; "" */
    bool has_script_log; /* the log of the template "advanced" is there */
    bool left_parts;     /* the deployment before did not come to its end, and may have committed something */
} FileHistoryState;

bool file_history_state(const void *ctx, History *h, const Audit *a, const char *project, FileHistoryState *state,
                        Error *err);

/* Makes rows of what that log says of the scripts that the files are. *n is how many. */
bool file_history_adopt(History *h, const Audit *a, const char *project, const FileStateList *files, long *n,
                        Error *err);

/* The end that a deployment came to. */
typedef enum FileOutcome { DEPLOYMENT_DONE, DEPLOYMENT_FAILED, DEPLOYMENT_RUNNING, DEPLOYMENT_CUT_OFF } FileOutcome;

typedef struct LastDeployment {
    bool exists;
    const char *id, *started_at, *finished_at, *by, *host;
    FileOutcome outcome;   /* RUNNING: a deployment holds the lock, so that it may be this one */
    const char *committed; /* the last part of deploy.sql that it committed; "" */
    const char *failure;   /* why it failed; "" */
} LastDeployment;

/* The newest one of the project that is older than the deployment `before` (NULL: the newest). */
bool file_history_last(const void *ctx, PgConn *conn, const char *project, const char *before, LastDeployment *last,
                       Error *err);

/* A row. */
typedef struct FileRecord {
    const char *path, *checksum, *deployed_at, *deployed_by;
} FileRecord;
typedef LIST(FileRecord) FileRecordList;

/* The files of the last deployment that came to its end, in byte order of their paths. */
bool file_history_load(const void *ctx, PgConn *conn, const char *project, FileRecordList *out, Error *err);

#endif
