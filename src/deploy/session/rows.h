/* deploy/session/rows.h: a project as the rows of two COPYs in binary form (manual, COPY, "Binary Format").
 *
 * The first fills _pgmi_source, the second _pgwright_load with all that is not a file to be deployed. A file's content is
 * its row's last column and passes through uncopied, so that memory holds one of them at a time. */
#ifndef DEPLOY_SESSION_ROWS_H
#define DEPLOY_SESSION_ROWS_H

#include "pg/conn.h"
#include "project/session/folder.h"
#include "project/session/params.h"
#include "project/session/tests.h"

enum { ROWS_MARKS_MAX = 1000 }; /* of a file: of more statements some have no mark */

typedef struct Rows Rows;

/* Owned by `ctx`; borrows the rest. `marked`: SQL comes with the marks of a preview. */
Rows *rows_new(const void *ctx, const Folder *folder, const TestTree *tests, const ParamList *params, bool marked);

/* The COPY statements, those without a row left out. */
void rows_statements(const Rows *rows, Str *sql);

/* Their data, in turn. ERR_CONFIG for a file that is no longer what was checked. `arg` is the Rows. */
bool rows_next(void *arg, const char **data, size_t *len, Error *err);

/* The file that row number `line` of the COPY at hand is of, as the server counts them; NULL: it is of none. */
const FolderFile *rows_file(const Rows *rows, long line);

#endif
