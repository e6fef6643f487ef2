/* deploy/testdb.h: databases that a test makes for itself, and that must never outlive it.
 *
 * Each carries a comment that says which run of tests it belongs to: one prefix of names, one run at a time. What a run
 * that was killed left behind is dropped by the next one; what carries no such comment is never touched. */
#ifndef DEPLOY_TESTDB_H
#define DEPLOY_TESTDB_H

#include "pg/conn.h"

#include <stdbool.h>

/* The session that makes and drops them. Time limits of `target` are for what is tested, not for it. */
PgConn *testdb_open(const void *ctx, const PgTarget *target, Error *err);

/* Reserves the prefix for this session. ERR_LOCKED while another run has it. */
bool testdb_reserve(PgConn *admin, const char *prefix, Error *err);

/* Makes a database as a copy of `original` (NULL: of template0). ERR_REFUSED when there is one of that name that no
 * test made. */
bool testdb_create(PgConn *admin, const char *prefix, const char *name, const char *original, Error *err);

/* Drops a database that a test made; one that is not there is no error. Also works once the run was interrupted. */
bool testdb_drop(PgConn *admin, const char *name, Error *err);

/* Leaves it to a person: later runs drop it only when they need its name. */
bool testdb_keep(PgConn *admin, const char *prefix, const char *name, Error *err);

/* Drops all that was made under the prefix and not kept. Also works once the run was interrupted. */
bool testdb_sweep(PgConn *admin, const char *prefix, Error *err);

#endif
