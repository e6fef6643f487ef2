/* history/formats.h: the rows of history_formats[], and what the formats share. Not for others. */
#ifndef HISTORY_FORMATS_H
#define HISTORY_FORMATS_H

#include "history/history.h"

extern const HistoryFormat history_pgpm;
extern const HistoryFormat history_sqitch;
extern const HistoryFormat history_pgwright;

/* "Name <email>", "" when the plan does not say. Owned by `ctx`. */
const char *history_planner(const void *ctx, const Stamp *stamp);

/* Queue the statements of a format that rename its rows: $1 ids, $2 new ids, $3 projects, $4 names, $5 script hashes; and
 * $1 new ids of dependents, $2 dependencies, $3 new dependencies. */
bool history_rename_rows(History *h, const HistoryRenaming *r, const char *sql, Error *err);
bool history_rename_requires(History *h, const HistoryRenaming *r, const char *sql, Error *err);

/* The run lock's key: one per history schema (advisory locks are per database already). Owned by `ctx`. */
char *history_lock_key(const void *ctx, const History *h);

/* A dependency as Sqitch writes it: without the own project's name. Owned by `ctx`. */
const char *history_dependency_text(const void *ctx, const Change *change, const Dependency *dependency);

#endif
