/* deploy/session/preview.h: what a deployment would do, found by doing it: in a transaction that is rolled back, or for good in a
 * database that is thrown away.
 *
 * deploy.sql and the files run as in a deployment, with marks between their statements (marks.h). Each mark tells what the
 * statements since the one before did: how long they took, which relations are locked, rewritten, dropped, how many rows were
 * written. The statement that was running gets it: the innermost, where a file runs another. */
#ifndef DEPLOY_SESSION_PREVIEW_H
#define DEPLOY_SESSION_PREVIEW_H

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"
#include "project/session/folder.h"
#include "project/session/macros.h"
#include "project/session/units.h"

#include <stdint.h>

typedef struct PreviewRows {
    int64_t inserted, updated, deleted;
} PreviewRows;

/* Ran, and did this. */
typedef struct PreviewStatement {
    long number; /* in its file, from 1 */
    int64_t us;
    PreviewRows rows;
    long line;           /* in the file; of a macro its own; 0: unknown */
    const char *text;    /* its beginning, in one line; NULL: unknown */
    const char *command; /* "ALTER TABLE"; NULL: unknown */
} PreviewStatement;

/* What happened to a relation that was there before. */
typedef struct PreviewChange {
    unsigned relation;     /* OID */
    int level;             /* of the lock: 1 ACCESS SHARE to 8 ACCESS EXCLUSIVE */
    bool locks;            /* it is new, or stronger than before */
    bool gone;             /* the relation was dropped */
    unsigned node, before; /* its file in the database, and that before; `before` 0: that before the deployment */
    size_t statement;      /* index of the one that did it */
    int64_t at_us;         /* when that began */
    int64_t held_us;       /* from then to the end of its transaction; -1: it was given back before, by a savepoint */
    const char *name;      /* "public.people"; NULL: it was not there before */
    char kind;             /* pg_class.relkind */
    const struct HazardRule *hazard; /* a row of hazard_rules[]; NULL: none */
    const char *detail;    /* of the hazard */
} PreviewChange;

/* A file, or deploy.sql, in the order in which they began. A file that ran twice is there twice. */
typedef struct PreviewFile {
    const FolderFile *file; /* NULL: deploy.sql */
    bool complete;          /* it ran to its end */
    long count;             /* of statements that ran; some of many are told with the next one */
    LIST(PreviewStatement) statements;
    LIST(PreviewChange) changes;
} PreviewFile;

/* A statement of the tail that cannot run in a transaction, or a file that runs outside of them. */
typedef struct PreviewSkipped {
    size_t at, len; /* in the expanded script */
    long line;      /* in deploy.sql */
    const char *text, *command;
    const char *why;
    const FolderFile *file; /* NULL: it is a statement */
} PreviewSkipped;

/* An object that has another name, or another schema, now. */
typedef struct PreviewRename {
    const char *from, *to;
} PreviewRename;

typedef struct Preview Preview;
typedef struct PreviewResult {
    size_t unlooked;            /* statements whose locks and rows were told with those of a later one, to save time */
    bool kept;                  /* it ran for good, in a database of its own */
    LIST(PreviewFile *) files;  /* deploy.sql first */
    LIST(PreviewSkipped) skipped;
    TextList sequences;         /* that were there before and have given out numbers */
    const struct SchemaPlan *schema;   /* from what was there to what would be; NULL: not known */
    LIST(PreviewRename) renames; /* which it tells as dropped and made */
} PreviewResult;

extern const char *const preview_lock_modes[]; /* by level: "ACCESS EXCLUSIVE" */
enum { PREVIEW_STRONG = 5 };                   /* SHARE: from this level on writers wait */

/* An empty one; drive_run() fills it. `keep`: run for good; `schema`: what becomes of the schema is wanted, too. */
Preview *preview_new(const void *ctx, const Folder *folder, bool keep, bool schema);

/* What it found, once drive_run() has ended; also after a failure. Owned by the preview. */
const PreviewResult *preview_result(const Preview *preview);

/* ---- for drive.c ---- */

#define STATE_PREVIEW "PGW03" /* of the message in which marks tell */

/* Takes such a message. */
void preview_take(Preview *p, const char *message);

/* The file of this path is not run: it runs outside of transactions. */
void preview_leave_out(Preview *p, const char *path);

/* The script, and how its pieces are sent. */
typedef struct PreviewScript {
    const char *path; /* of deploy.sql, as messages name it */
    const Expanded *expanded;
    const UnitList *units;
    /* Sends `sql` in place of a unit; errors are placed in deploy.sql and files. */
    bool (*send)(void *arg, size_t unit, const char *sql, Error *err);
    void *arg;
} PreviewScript;

/* Runs it. Unless it is kept a transaction is left open. ERR_SQL also for what a COMMIT would have refused. */
bool preview_run(Preview *p, PgConn *conn, const PreviewScript *script, Error *err);

/* Did deploy.sql leave a transaction open at its end? */
bool preview_is_open(const Preview *p, const PgConn *conn);

/* After a failure and the rollback: places an error without a line at the statement of this file that had begun. */
void preview_find_fault(const Preview *p, PgConn *conn, const char *failed_file, Error *err);

/* After the rollback: finds out what was there before, which statements they were, and what is dangerous. */
bool preview_read(Preview *p, PgConn *conn, const PreviewScript *script, Error *err);

#endif
