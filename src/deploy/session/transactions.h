/* deploy/session/transactions.h: what the session is told of the transactions that files want (project/session/transaction.h), and
 * which of them could not run in theirs. */
#ifndef DEPLOY_SESSION_TRANSACTIONS_H
#define DEPLOY_SESSION_TRANSACTIONS_H

#include "base/error.h"
#include "project/session/folder.h"

#define COLUMN_REFUSED "cannot_run_in_transaction" /* a path, in the answers to transactions_ask() */

/* Adds a function that knows them, where a file wants another than one of its own. */
void transactions_tell(Str *sql, const Folder *folder);

/* Where deploy.sql calls pgwright_deploy_files(), adds a query for each call: is there a file among those that it would run
 * which holds a statement that no transaction takes? A call whose pattern is no plain string is not asked about. */
void transactions_ask(Str *sql, const Folder *folder);

/* ERR_CONFIG at that statement of the file. Returns false. */
bool transactions_refuse(const Folder *folder, const char *path, Error *err);

#endif
