/* history/history.h: what was done to a database, in the tables of whichever tool.
 *
 * A history format is one file in this folder and one row of history_formats[]. Every format is read into the same
 * Deployed rows, and writes its rows through the same few functions, queued on the session so that they commit with the
 * change that they are about. Callers: plan/, deploy/, cli/. Never prints, never decides what to run.
 *
 * Beside the format's own tables stands the audit log (audit.h). */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include "base/digest.h"
#include "base/list.h"
#include "base/map.h"
#include "pg/conn.h"
#include "project/project.h"

#include <stdbool.h>
#include <stdint.h>

/* One change that the database holds. */
typedef struct Deployed {
    const char *project;
    const char *name;        /* its name in this history: a Change's `instance`, or its name (Sqitch) */
    const char *change_id;
    const char *script_hash; /* hex; "" when the history does not know it */
    const char *at;          /* UTC, "2024-01-31T23:59:59Z" */
    const char *by;          /* "" when unknown */
    TextList requires;       /* keys of what it requires */
    TextList tags;           /* without @ */
    const char *key;         /* what identifies it in this history: "project:name", or Sqitch's id */
    size_t position;         /* in the order of deployment */
    Change *change;          /* of the workspace; NULL when no plan has it (history_match) */
} Deployed;
typedef LIST(Deployed *) DeployedList;

/* A change that was begun outside a transaction and whose end is not known. */
typedef struct Unsettled {
    const char *project;
    const char *change;
    const char *action;    /* "deploy" or "revert" */
    const char *statement; /* the last one noted, "2/3 CREATE INDEX CONCURRENTLY"; "" before the first */
    const char *since;
} Unsettled;
typedef LIST(Unsettled) UnsettledList;

/* Who is written down as having done it. */
typedef struct Identity {
    const char *name;
    const char *email;
} Identity;

typedef struct HistoryFormat HistoryFormat;
typedef struct DeployRecord DeployRecord; /* record.h */

typedef struct History {
    const HistoryFormat *format;
    const char *schema;
    PgConn *conn;
    Identity identity;
    bool exists;              /* its tables are there */
    bool has_audit;           /* the audit log is there */
    bool has_sqitch;          /* a Sqitch registry is there, whatever the format */
    bool has_additions;       /* pgpm: our columns and tables are there */
    bool unique_script_hash;  /* a key forbids two equal scripts in one project */
    bool is_standby;
    long lock_slots;          /* entries that the server's lock table is sure to hold */
    bool locked;              /* this session holds the run lock */
    bool is_asked;            /* the rows are on their way: history_ask() */
    bool in_transaction;      /* history_create() joins the open transaction */
    int64_t last_at;          /* when the newest change was deployed, µs since 1970; 0 for none; after history_load() */
    DeployedList deployed;    /* oldest first; after history_load() */
    Map *by_key;              /* key → Deployed */
    Map *by_name;             /* "project:@tag", and where keys are ids "project:name" → the newest Deployed */
    UnsettledList unsettled;  /* oldest first */
} History;

/* Rows of a history that get another identity: parallel lists. */
typedef struct HistoryRenaming {
    TextList ids, new_ids, projects, names, hashes;  /* deployed changes */
    TextList dependents, requires, new_requires;     /* by new id of the dependent: the text of one of its dependencies */
    TextList tag_projects, tag_names, tag_ids;       /* Sqitch: tags whose id is another one now */
    const char *project, *new_project, *uri;         /* of a module; NULL when only a change was renamed */
} HistoryRenaming;

struct HistoryFormat {
    const char *name;           /* "pgpm", "sqitch", "pgwright" */
    const char *default_schema;
    const char *table;          /* of its own: where that is, all of them are */
    DigestKind digest;          /* of the deploy script, as the history keeps it */
    bool identity_by_id;        /* a change is known by Sqitch's id, else by project and name */
    const char *load;           /* SQL: the columns of pgpm_load.sql */
    const char *create[2];      /* SQL scripts, run in turn */
    const char *accept;         /* SQL: $1 change_id, $2 hash */
    const char *record_deploys; /* SQL: an array per column, an element per change; then their times (record.h) */
    size_t deploy_columns;      /* without the times */
    bool (*setup)(History *h, Error *err); /* after `create`, and whenever a run begins: additions, releases; NULL */
    bool (*record_project)(History *h, const Module *module, Error *err); /* NULL: nothing to record */
    void (*deploy_row)(const void *ctx, const History *h, const DeployRecord *record, const char *values[]);
    bool (*record_tag)(History *h, const Tag *tag, const char *change_id, Error *err);
    bool (*record_revert)(History *h, const Deployed *deployed, Error *err);
    bool (*rename)(History *h, const HistoryRenaming *r, Error *err);
    bool (*record_fail)(History *h, const Change *change, const char *action, const Error *failure, Error *err);
};

extern const HistoryFormat *const history_formats[];
extern const size_t history_formats_count;
const HistoryFormat *history_format(const char *name); /* NULL when there is none */

/* Looks at what stands in the database, in one round trip. `schema` NULL: the format's own. */
History *history_open(const void *ctx, PgConn *conn, const HistoryFormat *format, const char *schema, Error *err);

/* And takes the run lock in the same round trip: waits up to `wait_ms` for another run, telling who it is (0: fails at once with
 * ERR_LOCKED). The wait polls, for a session that sleeps in pg_advisory_lock() would hold up the holder's CREATE INDEX CONCURRENTLY
 * for ever. */
History *history_open_locked(const void *ctx, PgConn *conn, const HistoryFormat *format, const char *schema, int64_t wait_ms,
                             Error *err);

/* Queues a statement that takes the run lock once more: a script may have given it up, by DISCARD ALL for one. It fails
 * (ERR_LOCKED) when another run has it by now. */
bool history_keep_lock(History *h, Error *err);

/* Reads all rows: one query, and one more for the audit log where it stands. Whatever was read before is forgotten. history_ask()
 * sends the queries and comes back at once, for who has something to do until history_load() takes the rows. */
bool history_ask(History *h, Error *err);
bool history_load(History *h, Error *err);

/* Finds the plan's change of every row, and tells what the workspace knows differently. */
void history_match(History *h, Workspace *ws);

/* The row of a change; NULL when it is not deployed. */
Deployed *history_find(const History *h, const Change *change);

/* What a dependency on a project outside the workspace means here: project:name, project:@tag or an id. NULL when no row
 * is it. */
Deployed *history_find_foreign(const History *h, const Dependency *dependency);

/* How this format identifies a change, owned by `ctx`. */
char *history_key(const void *ctx, const HistoryFormat *format, const Change *change);

/* The row's change_id: as the format computes it. `script_hash` as it is stored. */
void history_change_id(const HistoryFormat *format, const Change *change, const char *script_hash,
                       char id[DIGEST_HEX_MAX]);

/* Makes the tables of the format and of the audit log where they are missing, in a transaction of its own unless
 * h->in_transaction. */
bool history_create(History *h, Error *err);

/* What to do where the server refused our own statements: a privilege is missing (whose history it is, and what that role
 * would have to grant), or tables of these names are of another shape (ERR_CONFIG). Returns false. */
bool history_explain(History *h, Error *err);

/* Queues a statement of this format: `name` prepares it once per session. */
bool history_queue(History *h, const char *name, const char *sql, int params_count, const char *const *params,
                   Error *err);

/* Queues the re-recording of a deployed change's script hash. */
bool history_accept(History *h, const Deployed *deployed, const char *script_hash, Error *err);

/* `sql` with @schema@ replaced. Owned by `ctx`. */
char *history_sql(const void *ctx, const History *h, const char *sql);

/* A text[] literal of `list`, owned by `ctx`. */
const char *history_array(const void *ctx, const TextList *list);

/* The same element by element: `array` is empty at first, and whole after history_array_end(), which returns its text. */
void history_array_add(Str *array, const char *text);
const char *history_array_end(Str *array);

/* What a change requires, as "project:instance" of each, owned by `ctx`. A dependency on a project outside the workspace
 * is named by what the history has for it, else as written. */
void history_requires(const void *ctx, const History *h, const Change *change, TextList *out);

#endif
