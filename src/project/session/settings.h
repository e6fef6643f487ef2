/* project/session/settings.h: pgwright.yaml or pgmi.yaml of a session deployment, and its parameters. */
#ifndef PROJECT_SESSION_SETTINGS_H
#define PROJECT_SESSION_SETTINGS_H

#include "base/error.h"
#include "base/list.h"

#include <stdint.h>

/* What the file says; NULL, 0 or empty: nothing. */
typedef struct Settings {
    const char *file; /* that was read; NULL: there is none */
    const char *host, *port, *username, *database, *maintenance_database;
    const char *sslmode, *sslcert, *sslkey, *sslrootcert;
    const char *auth_method, *azure_tenant_id, *azure_client_id, *aws_region, *google_instance;
    int64_t timeout_ms;   /* -1: not given; 0: none */
    TextList params;      /* "key=value" */
} Settings;

/* Reads pgwright.yaml, else pgmi.yaml, of the folder. ERR_CONFIG with the place for keys that it does not know. */
bool settings_read(const void *ctx, const char *folder, Settings *settings, Error *err);

typedef struct Param {
    const char *key;   /* in lower case */
    const char *value;
    const char *origin; /* "pgmi.yaml", "params.env:3", "--param": for messages */
} Param;
typedef LIST(Param) ParamList;

/* Merges them: those of the settings, then each file's lines, then key=value of the command line; keys that differ in letter
 * case alone are one, the later wins. ERR_CONFIG (or ERR_USAGE for a value without =) with the place; never shows a value. */
bool params_merge(const void *ctx, const Settings *settings, const TextList *files, const TextList *pairs, ParamList *params,
                  Error *err);

#endif
