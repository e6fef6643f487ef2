/* deploy/verify.h: do the verify scripts agree with the database?
 *
 * All scripts run in one transaction, each after a return to the same savepoint, and nothing is kept. Every one is run,
 * whatever became of those before it. */
#ifndef DEPLOY_VERIFY_H
#define DEPLOY_VERIFY_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum VerifyClass {
    VERIFY_OK,
    VERIFY_FAILED,
    VERIFY_TIMEOUT,
    VERIFY_CHANGED,
    VERIFY_OUT_OF_ORDER,
    VERIFY_NOT_DEPLOYED,
    VERIFY_NOT_PLANNED,
    VERIFY_MISSING_EXTENSION,
    VERIFY_MISSING_SCRIPT,
    VERIFY_EMPTY,
} VerifyClass;

typedef struct VerifyClassInfo {
    const char *name;     /* "ok", "failed", "missing-script", … */
    bool is_failure;      /* always */
    bool is_strict;       /* with --strict too */
    const char *meaning;
} VerifyClassInfo;
extern const VerifyClassInfo verify_classes[]; /* by VerifyClass */

typedef struct VerifyResult {
    const char *project, *name;
    Change *change;          /* NULL: not planned, or `name` is an extension */
    VerifyClass class;
    Error failure;           /* of VERIFY_FAILED and VERIFY_TIMEOUT */
    bool empty;              /* nothing in the script could fail */
} VerifyResult;
typedef LIST(VerifyResult) VerifyList;

typedef struct VerifyRun {
    PgConn *conn;
    const Workspace *ws;
    const Map *variables;
    bool in_transaction; /* one is open, and is left as it was; else it makes one of its own */
    bool to_fail;        /* the scripts are expected to: why they do is not asked, and no `failure` is filled */
} VerifyRun;

/* Runs the verify scripts of `results` that are VERIFY_OK so far, and classes them. False when the session ended or was
 * told to stop. */
bool verify_scripts(const VerifyRun *run, VerifyList *results, Error *err);

/* Adds a VERIFY_MISSING_EXTENSION for each native extension of `order` that the database does not have. One query. */
bool verify_extensions(const void *ctx, PgConn *conn, const OrderList *order, VerifyList *out, Error *err);

/* What is to be verified of `modules`: deployed changes from `from` to `to` (NULL: all), with what is not deployed though
 * planned before the last deployed one (of a module of which nothing is deployed: all), not planned, changed, out of order. Failures are freed with error_clear(). */
void verify_collect(const void *ctx, History *h, const ModuleList *modules, const Change *from, const Change *to,
                    VerifyList *out);

#endif
