/* deploy/session/drive.h: runs deploy.sql in a session that holds its project.
 *
 * Before: the project's files, parameters and tests lie in temporary tables, under the views, functions and procedures of
 * the session's API, all in at most four round trips. Then the head and each statement of the tail run as they are, with the
 * transactions that they say. What deploy.sql leaves open at its end is a failure. */
#ifndef DEPLOY_SESSION_DRIVE_H
#define DEPLOY_SESSION_DRIVE_H

#include "deploy/session/chronicle.h"
#include "deploy/session/contract.h"
#include "deploy/session/preview.h"
#include "deploy/session/test_result.h"
#include "pg/conn.h"
#include "project/session/folder.h"
#include "project/session/macros.h"
#include "project/session/params.h"
#include "project/session/units.h"

/* A message of the server, as it comes. */
typedef struct DriveNotice {
    const char *severity, *message, *detail, *hint, *sqlstate;
} DriveNotice;

typedef struct DriveOptions {
    const Folder *folder;
    const char *project; /* its name, by which it is recorded */
    const SessionContract *contract; /* what deploy.sql finds */
    ParamList params;
    bool debug_notices;  /* client_min_messages = debug, before anything runs */
    bool sql_files_only; /* the plan view holds the SQL files alone */
    const ChronicleOptions *chronicle; /* what is done is recorded; NULL: it is not */
    Preview *preview;    /* finds out what it would do, instead of doing it; NULL: it is done */
    long lock_retries;   /* how often the head is tried again (deploy/retry.h) */
    bool watch_tests;    /* the statements that macros stand for tell us of each test: the run's `tests` */
    void (*notice)(void *arg, const DriveNotice *notice);
    void (*phase)(void *arg, const char *line); /* "preparing …", "loaded 7 files", … for people */
    void (*test)(void *arg, const TestResult *result); /* what became of a test, in their order; NULL */
    void *arg;
} DriveOptions;

/* What was run: plain data. */
typedef struct DriveRun {
    size_t files;           /* all that were scanned */
    size_t macros;          /* that were expanded */
    size_t units;           /* messages that deploy.sql is cut into; 0: it was not begun */
    size_t units_committed; /* that are kept whatever comes */
    size_t failed_unit;     /* 1-based; 0: none */
    const char *deployment; /* as it is recorded; NULL: it is not */
    const char *failed_file; /* of the project, that the error arose in; NULL */
    const char *where;      /* the server's context of the error; NULL */
    long script_line;       /* in deploy.sql as written; 0: unknown */
    bool expanded;          /* the error's position is in text that a macro stands for */
    TestResultList tests;   /* of all macros in turn, when they are watched; for test_results_clear() */
} DriveRun;

/* Loads and runs. `run` is filled also on failure. ERR_CONFIG for a COPY that has no data or no taker, ERR_LOCKED when
 * another deployment of this database runs, ERR_SQL for what deploy.sql does wrong, an open transaction at its end
 * included. Locks are given back on every path. */
bool drive_run(const void *ctx, PgConn *conn, const DriveOptions *options, DriveRun *run, Error *err);

#endif
