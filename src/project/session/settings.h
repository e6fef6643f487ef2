/* project/session/settings.h: pgwright.yaml or pgmi.yaml of a session deployment.
 *
 *     connection: {host: …, port: …, username: …, database: …, maintenance_database: …, sslmode: …, …}
 *     timeout: 5m
 *     params:
 *       env: development
 *       seats: {type: integer, required: true, description: how many may sign in}   # pgwright.yaml alone, as
 *     record: true                                                                  # all that follows
 *     project: shop
 *     transactions: {indexes/: none}
 *
 * Where both files are there, pgwright.yaml is the one that counts, alone: a team may keep pgmi.yaml for pgmi beside it. */
#ifndef PROJECT_SESSION_SETTINGS_H
#define PROJECT_SESSION_SETTINGS_H

#include "base/error.h"
#include "base/list.h"
#include "project/session/transaction.h"

#include <stdint.h>

/* A parameter that the file gives a value or declares. */
typedef struct ParamDeclaration {
    const char *key;           /* as written */
    const char *value;         /* NULL of one that is only declared */
    const char *type;          /* one of param_types[]; NULL: text */
    const char *default_value; /* NULL: none */
    const char *description;   /* NULL: none */
    bool required, secret;
} ParamDeclaration;
typedef LIST(ParamDeclaration) ParamDeclarationList;

/* What the file says; NULL, -1 or empty: nothing. */
typedef struct Settings {
    const char *file; /* that was read, as messages name it; NULL: there is none */
    const char *host, *port, *username, *database, *maintenance_database;
    const char *sslmode, *sslcert, *sslkey, *sslrootcert;
    const char *auth_method, *azure_tenant_id, *azure_client_id, *aws_region, *google_instance;
    int64_t timeout_ms; /* -1: not given; 0: none */
    bool record;         /* deployments are recorded, */
    const char *project; /* under this name */
    ParamDeclarationList params;
    TransactionRuleList transactions; /* pgwright.yaml alone */
    View text;          /* of the file: faults that are found later have a place too */
} Settings;

/* Reads pgwright.yaml, else pgmi.yaml, of the folder; neither is fine. ERR_CONFIG with the place for what is no YAML, for keys
 * that it does not know (those of the other habits may stand in pgwright.yaml) and for values that do not fit. */
bool settings_read(const void *ctx, const char *folder, Settings *settings, Error *err);

/* ERR_CONFIG at the key "a.b" of the file. The line itself is not shown, for it may hold a secret. Returns false. */
bool settings_fault(const Settings *settings, const char *dotted, Error *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
