/* pg/cloud.h: signing in to a database that a cloud provider runs, with the identity that the cloud gives us.
 *
 * What comes back is what libpq is to be told: a token as the password, or (Google's connector) a private unix socket
 * that leads to the server through TLS. A token lasts minutes and opens one session: sign in anew for each. Tokens
 * and keys stay in memory, are known to redact_value(), and are never part of an error.
 *
 * Where the identity comes from, first hit wins:
 *
 *   AWS     AWS_ACCESS_KEY_ID and its kin; web identity (AWS_WEB_IDENTITY_TOKEN_FILE); the profile (keys, another role,
 *           credential_process, IAM Identity Center); container; EC2 instance
 *   Azure   client secret, client certificate; workload identity; managed identity (App Service, virtual machine); az,
 *           azd, Azure PowerShell
 *   Google  GOOGLE_APPLICATION_CREDENTIALS; gcloud's application default credentials; metadata server; gcloud */
#ifndef PG_CLOUD_H
#define PG_CLOUD_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum CloudKind { CLOUD_NONE, CLOUD_AZURE, CLOUD_AWS, CLOUD_GOOGLE } CloudKind;

/* Everything but `kind` may be NULL or 0. */
typedef struct CloudOptions {
    CloudKind kind;
    const char *host, *port, *user; /* what will be connected to */
    const char *sslmode;            /* what the user asked for */
    const char *sslrootcert;
    const char *azure_tenant_id, *azure_client_id; /* else AZURE_TENANT_ID, AZURE_CLIENT_ID */
    const char *aws_region;
    const char *google_instance;    /* project:region:instance; NULL: --host and an access token */
    int64_t deadline_ms;            /* on clock_ms(): when the whole run must have ended */
} CloudOptions;

typedef struct CloudSignIn {
    const char *password;              /* token; NULL: none is needed (Google's connector) */
    const char *host, *port, *sslmode; /* where to connect instead; NULL: as the options say */
    const char *user;                  /* NULL: as it is */
} CloudSignIn;

/* Fetches a fresh token (or opens the relay), owned by `ctx`; with `ctx` the relay closes. Nothing happens for
 * CLOUD_NONE. A token travels as a clear-text password: sslmode is raised to "require" at least, and "disable" is
 * refused. ERR_CONFIG for what is missing or wrong on this side, ERR_CONNECTION when no token can be had, ERR_TIMEOUT
 * behind the deadline, ERR_INTERRUPTED after a signal. */
bool cloud_sign_in(const void *ctx, const CloudOptions *options, CloudSignIn *out, Error *err);

#endif
