/* deploy/session/fault.h: where in the project a failure of deploy.sql comes from.
 *
 * The server tells a place in what it was sent. That is led back to deploy.sql as it was written, and, where the failure arose
 * within EXECUTE of a file's content, to that file: the server repeats what was executed, and it is known by its digest. */
#ifndef DEPLOY_SESSION_FAULT_H
#define DEPLOY_SESSION_FAULT_H

#include "deploy/session/drive.h"
#include "deploy/session/statements.h"

/* What is known when a unit fails. */
typedef struct Fault {
    const void *ctx;           /* owns what `run` gets */
    const Folder *folder;
    const char *driver_path;
    const Expanded *expanded;
    const Unit *unit;          /* of the expanded script; NULL, as the three beside it: it is not deploy.sql that runs */
    View sent;                 /* what was sent for it: its text, maybe with marks */
    size_t done;               /* statements of the unit that have succeeded */
    const char *test_path;     /* of the last test that failed, as the session's own function told; NULL */
    const char *test_context;  /* and the server's context there */
    DriveRun *run;             /* failed_file, where, script_line, expanded are filled */
} Fault;

/* Fills `err`: class, message, detail, hint, place. Returns false. */
bool fault_tell(const Fault *f, const PGresult *result, Error *err);

/* The same for a statement of a file that was sent alone, with nothing before it. */
bool fault_tell_statement(const Fault *f, const FolderFile *file, View content, const Statement *statement, const PGresult *result,
                          Error *err);

/* Places an error of ours at a statement of a file that `f` ran: says whence, and fills `run` as well. */
void fault_place_statement(const Fault *f, const FolderFile *file, View content, const Statement *statement, Error *err);

/* Places an error in a file of the project, at an offset in bytes. */
void fault_place_file(const Folder *folder, const FolderFile *file, View content, size_t at, Error *err);

/* A syntax error that was raised anew has lost its place; the server's grammar finds it again in the file that failed. A transaction
 * that is open is failed behind it. */
void fault_find_syntax(PgConn *conn, const Folder *folder, const char *failed_file, Error *err);

/* Places an error in a file of the project, whose text this is, at an offset in characters. */
void fault_place_syntax(const Folder *folder, const FolderFile *file, View content, long at, Error *err);

/* The file of this path; NULL. */
const FolderFile *fault_file(const Folder *folder, const char *path, size_t len);

#endif
